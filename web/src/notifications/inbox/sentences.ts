import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Notification } from "./queries";

/** A notification in words: "Robin replied to #12". */
export function useSentence(): (notification: Notification) => string {
  const { t } = useTranslation("notifications");
  return useCallback(
    ({ kind, actor, ticket_number: number }) =>
      t(`kind.${kind}`, { name: actor?.name ?? t("somebody"), number: number ?? "" }),
    [t],
  );
}
