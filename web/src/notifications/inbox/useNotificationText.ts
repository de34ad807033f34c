import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Notification } from "./queries";

/** The headline of a notification: "Robin replied to #12". */
export function useNotificationText(): (notification: Notification) => string {
  const { t } = useTranslation("notifications");
  return useCallback(
    ({ kind, actor, ticket_number: number }) =>
      t(`message.${kind}`, { name: actor?.name ?? t("system"), number: number ?? "" }),
    [t],
  );
}
