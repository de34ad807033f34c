import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { isUsedKind } from "@/notifications/kinds";
import type { Notification } from "./queries";

/** The headline of a notification: "Robin replied to #12". */
export function useNotificationText(): (notification: Notification) => string {
  const { t } = useTranslation("notifications");
  return useCallback(
    ({ kind, title, actor, ticket_number: number }) =>
      isUsedKind(kind) ? t(`message.${kind}`, { name: actor?.name ?? t("system"), number: number ?? "" }) : title,
    [t],
  );
}
