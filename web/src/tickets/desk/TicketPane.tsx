import { ActionIcon, Badge, Center, Drawer, EmptyState, Group, Text, Title } from "@mantine/core";
import { useDocumentTitle, useHotkeys, useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft, IconInfoCircle, IconPointer } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { Composer } from "@/tickets/conversation/Composer";
import { Conversation } from "@/tickets/conversation/Conversation";
import { MentionSuggestions } from "@/tickets/conversation/MentionSuggestions";
import { useChangeTicket, useOptimisticTicket } from "@/tickets/ticket/commands";
import { ConflictDialog } from "@/tickets/ticket/ConflictDialog";
import { type Ticket, ticketDetail } from "@/tickets/ticket/queries";
import { StatusBadge } from "@/tickets/ticket/StatusBadge";
import { QueryResult } from "@/ui/QueryResult";
import { SegmentedControl } from "@/ui/SegmentedControl";
import { useSuppressionReason } from "@/ui/useSuppressionReason";
import classes from "./TicketPane.module.css";
import { type FocusedField, TicketProperties } from "./TicketProperties";

interface Props {
  readonly ticketId: string;
  readonly onBack: () => void;
}

export function TicketPane({ ticketId, onBack }: Props) {
  const ticket = useQuery(ticketDetail(ticketId));
  return <QueryResult query={ticket}>{(loaded) => <TicketWorkspace loaded={loaded} onBack={onBack} />}</QueryResult>;
}

/** The open ticket: conversation, composer and properties. */
function TicketWorkspace({ loaded, onBack }: { readonly loaded: Ticket; readonly onBack: () => void }) {
  const { t } = useTranslation(["desk", "tickets", "shell"]);
  const ticket = useOptimisticTicket(loaded);
  const warning = useRequesterWarning(ticket);
  const change = useChangeTicket(ticket.id);
  const [visibility, setVisibility] = useState<"public" | "internal">("public");
  const wide = useMediaQuery("(min-width: 75em)", true, { getInitialValueInEffect: false });
  const [drawer, setDrawer] = useState<"closed" | FocusedField>("closed");
  const composer = useRef<HTMLTextAreaElement>(null);
  const status = useRef<HTMLInputElement>(null);
  const assignee = useRef<HTMLInputElement>(null);
  useDocumentTitle(`#${String(ticket.number)} ${ticket.title} · ${t("shell:name")}`);

  function compose(next: "public" | "internal") {
    flushSync(() => setVisibility(next));
    composer.current?.focus(); // synchronous, because the next key may be the first letter
  }

  /** Opens a field, in the side panel or in the drawer. */
  function focusField(field: FocusedField) {
    const input = (field === "status" ? status : assignee).current;
    if (!wide) setDrawer(field);
    input?.focus();
    input?.click();
  }

  useHotkeys([
    ["r", () => compose("public")],
    ["n", () => compose("internal")],
    ["s", () => focusField("status")],
    ["a", () => focusField("assignee")],
  ]);

  const properties = (
    <TicketProperties
      ticket={ticket}
      change={change}
      statusRef={status}
      assigneeRef={assignee}
      focusedField={drawer === "closed" ? "none" : drawer}
    />
  );
  return (
    <div className={classes.pane}>
      <div className={classes.main}>
        <header className={classes.header}>
          <ActionIcon variant="subtle" color="gray" hiddenFrom="md" aria-label={t("back")} onClick={onBack}>
            <IconArrowLeft size={18} aria-hidden />
          </ActionIcon>
          <div className={classes.title}>
            <Title order={1} size="h4" lineClamp={2} dir="auto">
              {ticket.title}
            </Title>
            <Group gap="xs" mt={2}>
              <StatusBadge status={ticket.status} />
              <Text size="xs" c="dimmed">
                {t("summary", { number: ticket.number, name: ticket.requester.name })}
              </Text>
              {ticket.requester_active === false && (
                <Badge variant="dot" color="red" tt="none">
                  {t("deactivated")}
                </Badge>
              )}
              {ticket.requester_email_verified === false && (
                <Badge variant="dot" color="yellow" tt="none">
                  {t("unconfirmed")}
                </Badge>
              )}
              {ticket.requester_email_suppression !== null && (
                <Badge variant="dot" color="red" tt="none">
                  {t("notDelivered")}
                </Badge>
              )}
            </Group>
          </div>
          <ActionIcon
            variant="default"
            size="lg"
            hiddenFrom="lg"
            aria-label={t("properties")}
            onClick={() => setDrawer("none")}
          >
            <IconInfoCircle size={18} aria-hidden />
          </ActionIcon>
        </header>
        <div className={classes.conversation} tabIndex={0} role="group" aria-label={t("tickets:conversation")}>
          <Conversation ticket={ticket} />
        </div>
        {ticket.status !== "merged" && (
          <footer className={classes.footer}>
            <Composer
              key={visibility}
              ticketId={ticket.id}
              visibility={visibility}
              inputRef={composer}
              Suggestions={MentionSuggestions}
              label={t(visibility === "public" ? "tickets:composer.reply" : "tickets:composer.note")}
              placeholder={t(visibility === "public" ? "replyTo" : "noteFor", { name: ticket.requester.name })}
              sendLabel={t(visibility === "public" ? "tickets:composer.send" : "tickets:composer.addNote")}
              warning={visibility === "public" ? warning : undefined}
              aside={
                <SegmentedControl
                  size="xs"
                  aria-label={t("messageType")}
                  value={visibility}
                  onChange={compose}
                  data={[
                    { value: "public", label: t("reply") },
                    { value: "internal", label: t("note") },
                  ]}
                />
              }
            />
          </footer>
        )}
      </div>
      {wide && (
        <aside className={classes.properties} aria-label={t("properties")}>
          {properties}
        </aside>
      )}
      <Drawer
        opened={drawer !== "closed" && !wide}
        onClose={() => setDrawer("closed")}
        position="right"
        size="xs"
        title={t("summary", { number: ticket.number, name: ticket.requester.name })}
        closeButtonProps={{ "aria-label": t("shell:close") }}
      >
        {properties}
      </Drawer>
      <ConflictDialog change={change} />
    </div>
  );
}

/** Why the requester gets no email about a reply. */
function useRequesterWarning({ requester, requester_active, requester_email_suppression }: Ticket): string | undefined {
  const { t } = useTranslation("desk");
  const suppressionReason = useSuppressionReason();
  const { name } = requester;
  if (requester_active === false) return t("requesterDeactivated", { name });
  if (requester_email_suppression === null) return undefined;
  return t("notDeliveredText", { name, reason: suppressionReason(requester_email_suppression) });
}

export function NoTicketSelected() {
  const { t } = useTranslation("desk");
  useDocumentTitle(t("title"));
  return (
    <Center h="100%">
      <EmptyState icon={<IconPointer aria-hidden />} title={t("noTicket.title")} description={t("noTicket.text")} />
    </Center>
  );
}
