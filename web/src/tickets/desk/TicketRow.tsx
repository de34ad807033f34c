import { Avatar, Group, Text } from "@mantine/core";
import { IconAlarm, IconMailOff, IconMailQuestion, IconPencil } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useHasDraft } from "@/tickets/conversation/drafts";
import { PriorityIcon } from "@/tickets/ticket/PriorityIcon";
import type { Ticket } from "@/tickets/ticket/queries";
import { StatusBadge } from "@/tickets/ticket/StatusBadge";
import { UnstyledLink } from "@/ui/links";
import { RelativeTime } from "@/ui/RelativeTime";
import type { DeskSearch } from "./search";
import classes from "./TicketRow.module.css";

interface Props {
  readonly ticket: Ticket;
  readonly selected: boolean;
  readonly search: DeskSearch;
}

/** Memoised, so that scrolling does not render it again. */
export const TicketRow = memo(function TicketRow({ ticket, selected, search }: Props) {
  const { t } = useTranslation("desk");
  const draft = useHasDraft(`${ticket.id}.public`, `${ticket.id}.internal`);
  return (
    <UnstyledLink
      to="/desk/$ticketId"
      params={{ ticketId: ticket.id }}
      search={search}
      className={classes.row}
      aria-current={selected ? "true" : undefined}
      data-new={ticket.status === "new" || undefined}
    >
      <Group gap={6} wrap="nowrap">
        <PriorityIcon priority={ticket.priority} />
        <Text className={classes.title} size="sm" truncate dir="auto">
          {ticket.title}
        </Text>
        <RelativeTime at={ticket.updated_at} size="xs" c="dimmed" className={classes.time} />
      </Group>
      <Group gap={6} wrap="nowrap" mt={4}>
        <StatusBadge status={ticket.status} size="sm" />
        <Text size="xs" c="dimmed" truncate flex={1}>
          {t("summary", { number: ticket.number, name: ticket.requester.name })}
        </Text>
        {ticket.requester_email_verified === false && (
          <IconMailQuestion size={14} aria-label={t("unconfirmed")} title={t("unconfirmed")} />
        )}
        {ticket.requester_email_suppression !== null && (
          <IconMailOff size={14} aria-label={t("notDelivered")} title={t("notDelivered")} />
        )}
        {draft && <IconPencil size={14} aria-label={t("draft")} />}
        {ticket.escalated_at !== null && (
          <IconAlarm size={14} className={classes.escalated} aria-label={t("escalated")} />
        )}
        {ticket.assignee && (
          <Avatar name={ticket.assignee.name} color="initials" size={20} radius="xl" title={ticket.assignee.name} />
        )}
      </Group>
    </UnstyledLink>
  );
});
