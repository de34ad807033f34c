import "i18next";
import type account from "@/i18n/locales/en/account.json";
import type admin from "@/i18n/locales/en/admin.json";
import type desk from "@/i18n/locales/en/desk.json";
import type notifications from "@/i18n/locales/en/notifications.json";
import type shell from "@/i18n/locales/en/shell.json";
import type tickets from "@/i18n/locales/en/tickets.json";

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
