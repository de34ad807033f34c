import type { NotificationData } from "@mantine/notifications";
import type { TFunction } from "i18next";
import { retryImport } from "@/browser/retryImport";
import { errorMessage } from "./errorMessages";

/** For a success that is not visible otherwise. */
export function toastSuccess(message: string): void {
  showToast({ message, color: "teal", autoClose: 4000 });
}

/** For a partial success. */
export function toastWarning(message: string): void {
  showToast({ message, color: "yellow", autoClose: 10_000, role: "alert" });
}

/** For an error that no component shows. */
export function toastError(error: unknown, t: TFunction): void {
  const message = errorMessage(error, t);
  // The id makes it one toast, even if several queries fail.
  showToast({ id: message, message, color: "red", autoClose: 8000, role: "alert" });
}

/** Loads the toast library on first use. */
export function showToast(data: NotificationData): void {
  void retryImport(() => import("@mantine/notifications")).then(({ notifications }) => notifications.show(data));
}

export function hideToast(id: string): void {
  void retryImport(() => import("@mantine/notifications")).then(({ notifications }) => notifications.hide(id));
}
