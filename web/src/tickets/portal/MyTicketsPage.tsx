import { Button, Card, EmptyState, Group, Stack, Text } from "@mantine/core";
import { IconMessageCircle, IconPlus, IconTicket } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Ticket, ticketList } from "@/tickets/ticket/queries";
import { StatusBadge } from "@/tickets/ticket/StatusBadge";
import { isDone } from "@/tickets/ticket/statuses";
import { ButtonLink, UnstyledLink } from "@/ui/links";
import { Page } from "@/ui/Page";
import { QueryResult } from "@/ui/QueryResult";
import { RelativeTime } from "@/ui/RelativeTime";
import { SegmentedControl } from "@/ui/SegmentedControl";
import classes from "./MyTicketsPage.module.css";

const FILTERS = ["all", "open", "done"] as const;

export function MyTicketsPage() {
  const { t } = useTranslation("tickets");
  const { show = "all" } = useSearch({ from: "/authenticated/tickets" });
  const navigate = useNavigate({ from: "/tickets" });
  const tickets = useInfiniteQuery(ticketList({}));

  return (
    <Page
      title={t("mine.title")}
      lead={t("mine.lead")}
      actions={
        <ButtonLink to="/tickets/new" leftSection={<IconPlus size={16} aria-hidden />}>
          {t("new.title")}
        </ButtonLink>
      }
    >
      <SegmentedControl
        aria-label={t("mine.show")}
        value={show}
        data={FILTERS.map((value) => ({ value, label: t(`mine.${value}`) }))}
        onChange={(value) => void navigate({ search: value === "all" ? {} : { show: value }, replace: true })}
      />
      <QueryResult query={tickets}>
        {({ pages }) => {
          const shown = pages
            .flatMap((page) => page.items)
            .filter(({ status }) => show === "all" || isDone(status) === (show === "done"));
          if (shown.length === 0 && !tickets.hasNextPage)
            return <NoTickets hasTickets={pages.some(({ items }) => items.length > 0)} />;
          return (
            <Stack gap="sm" component="ul" className={classes.list}>
              {shown.map((ticket) => (
                <TicketCard key={ticket.id} ticket={ticket} />
              ))}
            </Stack>
          );
        }}
      </QueryResult>
      {tickets.hasNextPage && (
        <Button variant="default" loading={tickets.isFetchingNextPage} onClick={() => void tickets.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </Page>
  );
}

function TicketCard({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation("tickets");
  return (
    <li>
      <Card withBorder padding="md" className={classes.card}>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <UnstyledLink to="/tickets/$ticketId" params={{ ticketId: ticket.id }} className={classes.link}>
            <Text fw={600} lineClamp={2} dir="auto">
              {ticket.title}
            </Text>
          </UnstyledLink>
          <StatusBadge status={ticket.status} />
        </Group>
        <Group gap="md" mt={6} c="dimmed">
          <Text size="xs">{t("number", { number: ticket.number })}</Text>
          <Group gap={4} display={ticket.message_count === 0 ? "none" : undefined}>
            <IconMessageCircle size={14} aria-hidden />
            <Text size="xs">{t("messages", { count: ticket.message_count })}</Text>
          </Group>
          <Text size="xs">
            {t("updated")} <RelativeTime at={ticket.updated_at} size="xs" />
          </Text>
        </Group>
      </Card>
    </li>
  );
}

function NoTickets({ hasTickets }: { readonly hasTickets: boolean }) {
  const { t } = useTranslation("tickets");
  return (
    <EmptyState
      py="xl"
      icon={<IconTicket aria-hidden />}
      title={hasTickets ? t("mine.noneInFilter") : t("mine.none")}
      description={hasTickets ? undefined : t("mine.noneText")}
    />
  );
}
