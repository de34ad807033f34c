import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconCheck, IconRotate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Composer } from "@/tickets/conversation/Composer";
import { Conversation } from "@/tickets/conversation/Conversation";
import { useChangeTicket, useOptimisticTicket } from "@/tickets/ticket/commands";
import { type Ticket, ticketDetail } from "@/tickets/ticket/queries";
import { StatusBadge } from "@/tickets/ticket/StatusBadge";
import { isDone } from "@/tickets/ticket/statuses";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { lazyComponent } from "@/ui/lazyComponent";
import { AnchorLink } from "@/ui/links";
import { Page } from "@/ui/Page";
import { QueryResult } from "@/ui/QueryResult";
import { RelativeTime } from "@/ui/RelativeTime";

const ConflictDialog = lazyComponent(() => import("@/tickets/ticket/ConflictDialog"), "ConflictDialog");

/** A customer's view of their own ticket. */
export function TicketPage() {
  const { t } = useTranslation("tickets");
  const { ticketId } = useParams({ from: "/authenticated/tickets/$ticketId" });
  const ticket = useQuery(ticketDetail(ticketId));
  if (ticket.data === undefined) {
    return (
      <Page title={t("detail.title")} size="sm" back={<BackLink />}>
        <QueryResult query={ticket}>{() => null}</QueryResult>
      </Page>
    );
  }
  return <TicketDetail key={ticketId} ticket={ticket.data} />;
}

function TicketDetail({ ticket: loaded }: { readonly ticket: Ticket }) {
  const { t } = useTranslation("tickets");
  const ticket = useOptimisticTicket(loaded);
  const change = useChangeTicket(ticket.id);
  const merged = ticket.status === "merged";
  return (
    <Page
      title={ticket.title}
      size="sm"
      back={<BackLink />}
      lead={
        <Group component="span" gap="sm" display="inline-flex">
          <StatusBadge status={ticket.status} />
          <span>{t("number", { number: ticket.number })}</span>
          <span>
            {t("opened")} <RelativeTime at={ticket.created_at} />
          </span>
        </Group>
      }
    >
      <ErrorAlert error={change.error} />
      <Conversation ticket={ticket} />
      {ticket.status === "resolved" && (
        <Alert color="green" icon={<IconCheck aria-hidden />}>
          <Text size="sm">{t("detail.resolvedHint")}</Text>
        </Alert>
      )}
      {!merged && (
        <Composer
          ticketId={ticket.id}
          visibility="public"
          label={t("composer.reply")}
          placeholder={isDone(ticket.status) ? t("composer.reopening") : t("composer.placeholder")}
          sendLabel={t("composer.send")}
        />
      )}
      {!merged && (
        <Stack gap="xs">
          <Group gap="xs">
            {ticket.status !== "resolved" && ticket.status !== "closed" && (
              <Button
                variant="default"
                leftSection={<IconCheck size={16} aria-hidden />}
                onClick={() => change.mutate({ status: "resolved" })}
              >
                {t("detail.resolve")}
              </Button>
            )}
            {isDone(ticket.status) && (
              <Button
                variant="default"
                leftSection={<IconRotate size={16} aria-hidden />}
                onClick={() => change.mutate({ status: "open" })}
              >
                {t("detail.reopen")}
              </Button>
            )}
          </Group>
        </Stack>
      )}
      <Suspense>{change.conflict !== undefined && <ConflictDialog change={change} />}</Suspense>
    </Page>
  );
}

function BackLink() {
  const { t } = useTranslation("tickets");
  return (
    <AnchorLink to="/tickets" size="sm">
      <Group gap={4} component="span" display="inline-flex">
        <IconArrowLeft size={14} aria-hidden />
        {t("mine.title")}
      </Group>
    </AnchorLink>
  );
}
