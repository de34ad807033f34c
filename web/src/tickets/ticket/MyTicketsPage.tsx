import { Button, Card, EmptyState, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconMessageCircle, IconPlus, IconTicket } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Answer } from "@/shell/Answer";
import { ButtonLink, PlainLink } from "@/shell/links";
import { Moment } from "@/shell/Moment";
import { Page } from "@/shell/Page";
import classes from "./MyTicketsPage.module.css";
import { ticketList, type Ticket } from "./queries";
import { StatusBadge } from "./StatusBadge";
import { isDone } from "./statuses";

const SHOWS = ["all", "open", "done"] as const;

/** What somebody asked for, and how it stands. */
export function MyTicketsPage() {
  const { t } = useTranslation("tickets");
  const { show = "all" } = useSearch({ from: "/inside/tickets" });
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
        data={SHOWS.map((value) => ({ value, label: t(`mine.${value}`) }))}
        onChange={(value) => void navigate({ search: value === "all" ? {} : { show: value }, replace: true })}
        className={classes.shows}
      />
      <Answer of={tickets}>
        {({ pages }) => {
          const shown = pages
            .flatMap((page) => page.items)
            .filter(({ status }) => show === "all" || isDone(status) === (show === "done"));
          if (shown.length === 0 && !tickets.hasNextPage)
            return <Nothing anyAtAll={pages.some(({ items }) => items.length > 0)} />;
          return (
            <Stack gap="sm" component="ul" className={classes.list}>
              {shown.map((ticket) => (
                <TicketCard key={ticket.id} ticket={ticket} />
              ))}
            </Stack>
          );
        }}
      </Answer>
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
          <PlainLink to="/tickets/$ticketId" params={{ ticketId: ticket.id }} className={classes.link}>
            <Text fw={600} lineClamp={2}>
              {ticket.title}
            </Text>
          </PlainLink>
          <StatusBadge status={ticket.status} />
        </Group>
        <Group gap="md" mt={6} c="dimmed">
          <Text size="xs">{t("number", { number: ticket.number })}</Text>
          <Group gap={4} display={ticket.message_count === 0 ? "none" : undefined}>
            <IconMessageCircle size={14} aria-hidden />
            <Text size="xs">{t("messages", { count: ticket.message_count })}</Text>
          </Group>
          <Text size="xs">
            {t("updated")} <Moment at={ticket.updated_at} size="xs" />
          </Text>
        </Group>
      </Card>
    </li>
  );
}

function Nothing({ anyAtAll }: { readonly anyAtAll: boolean }) {
  const { t } = useTranslation("tickets");
  return (
    <EmptyState
      py="xl"
      icon={<IconTicket aria-hidden />}
      title={anyAtAll ? t("mine.noneHere") : t("mine.none")}
      description={anyAtAll ? undefined : t("mine.noneText")}
    />
  );
}
