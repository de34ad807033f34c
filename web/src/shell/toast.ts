import type { NotificationData } from "@mantine/notifications";
import type { TFunction } from "i18next";
import { patiently } from "./patiently";
import { wordsFor } from "./trouble";

/** Something worked that cannot be seen otherwise. */
export function toastDone(message: string): void {
  toast({ message, color: "teal", autoClose: 4000 });
}

/** Something worked but for a part that the person must know of. */
export function toastProblem(message: string): void {
  toast({ message, color: "yellow", autoClose: 10_000, role: "alert" });
}

/** Something did not work, where no page says so itself. */
export function toastTrouble(error: unknown, t: TFunction): void {
  const message = wordsFor(error, t);
  toast({ id: message, message, color: "red", autoClose: 8000, role: "alert" }); // told once, not once a query
}

/** Shows it, as soon as what shows it is there. */
export function toast(what: NotificationData): void {
  void patiently(() => import("@mantine/notifications")).then(({ notifications }) => notifications.show(what));
}

export function dropToast(id: string): void {
  void patiently(() => import("@mantine/notifications")).then(({ notifications }) => notifications.hide(id));
}
