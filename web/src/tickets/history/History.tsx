import { Text, Timeline } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Answer } from "@/shell/Answer";
import { Moment } from "@/shell/Moment";
import { type Field, FIELDS } from "@/tickets/ticket/changes";
import { inWords } from "@/tickets/ticket/OvertakenDialog";
import { type HistoryEntry, history } from "./queries";

/** What happened to a ticket, newest first. */
export function History({ ticketId }: { readonly ticketId: string }) {
  const entries = useInfiniteQuery(history(ticketId));
  return (
    <Answer of={entries}>
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
    </Answer>
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
      {changes(entry).map(([field, before, after]) => (
        <Text key={field} size="xs">
          {t("changedTo", {
            field: t(`field.${field}`),
            from: words(field, before, t),
            to: words(field, after, t),
          })}
        </Text>
      ))}
      <Text size="xs" c="dimmed">
        {entry.actor?.name ?? t("byItself")} · <Moment at={entry.occurred_at} size="xs" />
      </Text>
    </Timeline.Item>
  );
}

/** What differs, of the fields people know; how a ticket began is in its conversation. */
function changes({ action, before, after }: HistoryEntry): readonly (readonly [Field, unknown, unknown])[] {
  if (action === "ticket.created") return [];
  return FIELDS.filter((field) => field in (after ?? {})).map((field) => [field, before?.[field], after?.[field]]);
}

function words(field: string, value: unknown, t: ReturnType<typeof useTranslation<"tickets">>["t"]): string {
  if (typeof value === "string") return inWords(field, value, t);
  if (Array.isArray(value)) return value.join(", ") || t("nothing");
  if (typeof value === "object" && value !== null && "name" in value) return String(value.name);
  return value === null || value === undefined ? t("nothing") : JSON.stringify(value);
}
