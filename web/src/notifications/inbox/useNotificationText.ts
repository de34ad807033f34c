import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { isKnownKind, type Kind } from "@/notifications/kinds";
import type { Notification } from "./queries";

/** The headline of a notification: "Robin replied to #12". */
export function useNotificationText(): (notification: Notification) => string {
  const { t, i18n } = useTranslation("notifications");
  return useCallback(
    ({ kind, audience, title, actor, person_name: person, ticket_number: number, ticket_count: count }) => {
      if (!isKnownKind(kind)) return title;
      const personal = `${kind}_${audience}`; // "assigned to you" is for the assignee only
      const key = i18n.exists(`notifications:message.${personal}`) ? (personal as Kind) : kind;
      return t(`message.${key}`, {
        name: actor?.name ?? t("system"),
        number: number ?? "",
        person: person ?? "",
        ...(count !== null && { count, title }),
      });
    },
    [t, i18n],
  );
}
