import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconCheck, IconRotate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Answer } from "@/shell/Answer";
import { AnchorLink } from "@/shell/links";
import { Moment } from "@/shell/Moment";
import { Page } from "@/shell/Page";
import { patiently } from "@/shell/patiently";
import { Trouble } from "@/shell/Trouble";
import { Composer } from "@/tickets/conversation/Composer";
import { Conversation } from "@/tickets/conversation/Conversation";
import { useAsIntended, useChangeTicket } from "./commands";
import { oneTicket, type Ticket } from "./queries";
import { StatusBadge } from "./StatusBadge";
import { isDone } from "./statuses";

const OvertakenDialog = lazy(async () => ({
  default: (await patiently(() => import("./OvertakenDialog"))).OvertakenDialog,
}));

/** One's own ticket: what was said, and what can be done about it. */
export function TicketPage() {
  const { t } = useTranslation("tickets");
  const { ticketId } = useParams({ from: "/inside/tickets/$ticketId" });
  const ticket = useQuery(oneTicket(ticketId));
  if (ticket.data === undefined) {
    return (
      <Page title={t("one.title")} size="sm" back={<Back />}>
        <Answer of={ticket}>{() => null}</Answer>
      </Page>
    );
  }
  return <OwnTicket key={ticketId} ticket={ticket.data} />;
}

function OwnTicket({ ticket: told }: { readonly ticket: Ticket }) {
  const { t } = useTranslation("tickets");
  const ticket = useAsIntended(told);
  const change = useChangeTicket(ticket.id);
  const merged = ticket.status === "merged";
  return (
    <Page
      title={ticket.title}
      size="sm"
      back={<Back />}
      lead={
        <Group component="span" gap="sm" display="inline-flex">
          <StatusBadge status={ticket.status} />
          <span>{t("number", { number: ticket.number })}</span>
          <span>
            {t("opened")} <Moment at={ticket.created_at} />
          </span>
        </Group>
      }
    >
      <Trouble error={change.error} />
      <Conversation ticket={ticket} />
      {ticket.status === "resolved" && (
        <Alert color="green" icon={<IconCheck aria-hidden />}>
          <Text size="sm">{t("one.resolvedHint")}</Text>
        </Alert>
      )}
      {!merged && (
        <Composer
          ticketId={ticket.id}
          visibility="public"
          label={t("composer.reply")}
          placeholder={isDone(ticket.status) ? t("composer.reopening") : t("composer.placeholder")}
          send={t("composer.send")}
        />
      )}
      {!merged && (
        <Stack gap="xs">
          <Group gap="xs">
            {ticket.status !== "resolved" && ticket.status !== "closed" && (
              <Button
                variant="default"
                leftSection={<IconCheck size={16} aria-hidden />}
                onClick={() => {
                  change.mutate({ status: "resolved" });
                }}
              >
                {t("one.resolve")}
              </Button>
            )}
            {isDone(ticket.status) && (
              <Button
                variant="default"
                leftSection={<IconRotate size={16} aria-hidden />}
                onClick={() => {
                  change.mutate({ status: "open" });
                }}
              >
                {t("one.reopen")}
              </Button>
            )}
          </Group>
        </Stack>
      )}
      <Suspense>{change.overtaken !== undefined && <OvertakenDialog change={change} />}</Suspense>
    </Page>
  );
}

function Back() {
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
