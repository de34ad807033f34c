import "i18next";
import type account from "./locales/en/account.json";
import type admin from "./locales/en/admin.json";
import type desk from "./locales/en/desk.json";
import type notifications from "./locales/en/notifications.json";
import type shell from "./locales/en/shell.json";
import type tickets from "./locales/en/tickets.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "shell";
    resources: {
      shell: typeof shell;
      account: typeof account;
      tickets: typeof tickets;
      desk: typeof desk;
      admin: typeof admin;
      notifications: typeof notifications;
    };
  }
}
