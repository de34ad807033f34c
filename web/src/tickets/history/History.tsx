import { Text, Timeline } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Field, FIELDS, formatFieldValue } from "@/tickets/ticket/fields";
import { QueryResult } from "@/ui/QueryResult";
import { RelativeTime } from "@/ui/RelativeTime";
import { history, type HistoryEntry } from "./queries";

/** Newest first. */
export function History({ ticketId }: { readonly ticketId: string }) {
  const entries = useInfiniteQuery(history(ticketId));
  return (
    <QueryResult query={entries}>
      {({ pages }) => (
        <Timeline bulletSize={12} lineWidth={2}>
          {pages
            .flatMap((page) => page.items)
            .toReversed()
            .map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
        </Timeline>
      )}
    </QueryResult>
  );
}

function Entry({ entry }: { readonly entry: HistoryEntry }) {
  const { t, i18n } = useTranslation("tickets");
  const known = i18n.exists(`tickets:action.${entry.action}`);
  return (
    <Timeline.Item
      title={
        <Text size="xs" fw={600}>
          {known ? t(`action.${entry.action}` as "action.ticket.created") : entry.action}
        </Text>
      }
    >
      {entry.after?.["reason"] === "assignee_left" && (
        <Text size="xs">{t("reason.assignee_left", { name: formatFieldValue("assignee", entry.before?.["assignee"], t) })}</Text>
      )}
      {entry.after?.["is_only_thanks"] === true && <Text size="xs">{t("reason.only_thanks")}</Text>}
      {changes(entry).map(([field, before, after]) => (
        <Text key={field} size="xs">
          {t("fieldChanged", {
            field: t(`field.${field}`),
            from: formatFieldValue(field, before, t),
            to: formatFieldValue(field, after, t),
          })}
        </Text>
      ))}
      <Text size="xs" c="dimmed">
        {entry.actor?.name ?? t("system")} · <RelativeTime at={entry.occurred_at} size="xs" />
      </Text>
    </Timeline.Item>
  );
}

/** The changed fields. Those of a new ticket are shown by its conversation instead. */
function changes({ action, before, after }: HistoryEntry): readonly (readonly [Field, unknown, unknown])[] {
  if (action === "ticket.created") return [];
  return FIELDS.filter((field) => field in (after ?? {})).map((field) => [field, before?.[field], after?.[field]]);
}
