import { Avatar, Group, Text } from "@mantine/core";
import { IconAlarm, IconPencil } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { PlainLink } from "@/shell/links";
import { Moment } from "@/shell/Moment";
import { useHasDraft } from "@/tickets/conversation/drafts";
import { PriorityMark } from "@/tickets/ticket/PriorityMark";
import type { Ticket } from "@/tickets/ticket/queries";
import { StatusBadge } from "@/tickets/ticket/StatusBadge";
import type { DeskSearch } from "./filters";
import classes from "./TicketRow.module.css";

interface Props {
  readonly ticket: Ticket;
  readonly selected: boolean;
  readonly search: DeskSearch;
}

/** A ticket at a glance: what, from whom, how urgent, and whose. Drawn once, not again with each step of scrolling. */
export const TicketRow = memo(function TicketRow({ ticket, selected, search }: Props) {
  const { t } = useTranslation("desk");
  const draft = useHasDraft(`${ticket.id}.public`, `${ticket.id}.internal`);
  return (
    <PlainLink
      to="/desk/$ticketId"
      params={{ ticketId: ticket.id }}
      search={search}
      className={classes.row}
      aria-current={selected ? "true" : undefined}
      data-new={ticket.status === "new" || undefined}
    >
      <Group gap={6} wrap="nowrap">
        <PriorityMark priority={ticket.priority} />
        <Text className={classes.title} size="sm" truncate>
          {ticket.title}
        </Text>
        <Moment at={ticket.updated_at} size="xs" c="dimmed" className={classes.when} />
      </Group>
      <Group gap={6} wrap="nowrap" mt={4}>
        <StatusBadge status={ticket.status} size="sm" />
        <Text size="xs" c="dimmed" truncate flex={1}>
          {t("row", { number: ticket.number, name: ticket.requester.name })}
        </Text>
        {draft && <IconPencil size={14} aria-label={t("draft")} />}
        {ticket.escalated_at !== null && (
          <IconAlarm size={14} className={classes.escalated} aria-label={t("escalated")} />
        )}
        {ticket.assignee && (
          <Avatar name={ticket.assignee.name} color="initials" size={20} radius="xl" title={ticket.assignee.name} />
        )}
      </Group>
    </PlainLink>
  );
});
