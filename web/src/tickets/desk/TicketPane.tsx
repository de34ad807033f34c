import { ActionIcon, Center, Drawer, EmptyState, Group, SegmentedControl, Text, Title } from "@mantine/core";
import { useDocumentTitle, useHotkeys, useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft, IconInfoCircle, IconPointer } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { Answer } from "@/shell/Answer";
import { Composer } from "@/tickets/conversation/Composer";
import { Conversation } from "@/tickets/conversation/Conversation";
import { useAsIntended, useChangeTicket } from "@/tickets/ticket/commands";
import { OvertakenDialog } from "@/tickets/ticket/OvertakenDialog";
import { oneTicket, type Ticket } from "@/tickets/ticket/queries";
import { StatusBadge } from "@/tickets/ticket/StatusBadge";
import { type Asked, Properties } from "./Properties";
import classes from "./TicketPane.module.css";

interface Props {
  readonly ticketId: string;
  readonly onBack: () => void;
}

export function TicketPane({ ticketId, onBack }: Props) {
  const ticket = useQuery(oneTicket(ticketId));
  return <Answer of={ticket}>{(found) => <OneTicket told={found} onBack={onBack} />}</Answer>;
}

/** The ticket one works on: conversation, reply or note, and properties. */
function OneTicket({ told, onBack }: { readonly told: Ticket; readonly onBack: () => void }) {
  const { t } = useTranslation(["desk", "tickets", "shell"]);
  const ticket = useAsIntended(told);
  const change = useChangeTicket(ticket.id);
  const [writing, setWriting] = useState<"public" | "internal">("public");
  const wide = useMediaQuery("(min-width: 75em)", true, { getInitialValueInEffect: false });
  const [details, setDetails] = useState<"closed" | Asked>("closed");
  const composer = useRef<HTMLTextAreaElement>(null);
  const status = useRef<HTMLInputElement>(null);
  const assignee = useRef<HTMLInputElement>(null);
  useDocumentTitle(`#${String(ticket.number)} ${ticket.title} · ${t("shell:name")}`);

  function write(what: "public" | "internal") {
    flushSync(() => {
      setWriting(what);
    });
    composer.current?.focus(); // at once: the next key may be the first letter
  }

  /** Opens a choice, where it is or where it comes into sight. */
  function ask(what: Asked) {
    const input = (what === "status" ? status : assignee).current;
    if (!wide) setDetails(what);
    input?.focus();
    input?.click();
  }

  useHotkeys([
    [
      "r",
      () => {
        write("public");
      },
    ],
    [
      "n",
      () => {
        write("internal");
      },
    ],
    [
      "s",
      () => {
        ask("status");
      },
    ],
    [
      "a",
      () => {
        ask("assignee");
      },
    ],
  ]);

  const properties = (
    <Properties
      ticket={ticket}
      change={change}
      statusRef={status}
      assigneeRef={assignee}
      asked={details === "closed" ? "nothing" : details}
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
            <Title order={1} size="h4" lineClamp={2}>
              {ticket.title}
            </Title>
            <Group gap="xs" mt={2}>
              <StatusBadge status={ticket.status} />
              <Text size="xs" c="dimmed">
                {t("row", { number: ticket.number, name: ticket.requester.name })}
              </Text>
            </Group>
          </div>
          <ActionIcon
            variant="default"
            size="lg"
            hiddenFrom="lg"
            aria-label={t("properties")}
            onClick={() => {
              setDetails("nothing");
            }}
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
              key={writing}
              ticketId={ticket.id}
              visibility={writing}
              inputRef={composer}
              label={t(writing === "public" ? "tickets:composer.reply" : "tickets:composer.note")}
              placeholder={t(writing === "public" ? "replyTo" : "noteFor", { name: ticket.requester.name })}
              send={t(writing === "public" ? "tickets:composer.send" : "tickets:composer.keep")}
              aside={
                <SegmentedControl
                  size="xs"
                  aria-label={t("kind")}
                  value={writing}
                  onChange={write}
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
        opened={details !== "closed" && !wide}
        onClose={() => {
          setDetails("closed");
        }}
        position="right"
        size="xs"
        title={t("row", { number: ticket.number, name: ticket.requester.name })}
        closeButtonProps={{ "aria-label": t("shell:close") }}
      >
        {properties}
      </Drawer>
      <OvertakenDialog change={change} />
    </div>
  );
}

/** Nothing is open. */
export function NoTicket() {
  const { t } = useTranslation("desk");
  useDocumentTitle(t("title"));
  return (
    <Center h="100%">
      <EmptyState icon={<IconPointer aria-hidden />} title={t("none.title")} description={t("none.text")} />
    </Center>
  );
}
