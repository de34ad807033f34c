import { Select, Stack, Tabs, TagsInput, Text, TextInput } from "@mantine/core";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { History } from "@/tickets/history/History";
import { useAssignees } from "@/tickets/people/queries";
import type { useChangeTicket } from "@/tickets/ticket/commands";
import { PRIORITIES } from "@/tickets/ticket/priorities";
import type { Ticket } from "@/tickets/ticket/queries";
import { ConflictError } from "@/tickets/ticket/reconcile";
import { nextStatuses } from "@/tickets/ticket/statuses";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { RelativeTime } from "@/ui/RelativeTime";

/** The field that is open at first. */
export type FocusedField = "status" | "assignee" | "none";

interface Props {
  readonly ticket: Ticket;
  readonly change: ReturnType<typeof useChangeTicket>;
  readonly statusRef: Ref<HTMLInputElement>;
  readonly assigneeRef: Ref<HTMLInputElement>;
  readonly focusedField: FocusedField;
}

/** Editable fields and history of a ticket. */
export function TicketProperties({ ticket, change, statusRef, assigneeRef, focusedField }: Props) {
  const { t } = useTranslation(["desk", "tickets"]);
  return (
    <Tabs defaultValue="properties" keepMounted={false}>
      <Tabs.List mb="sm">
        <Tabs.Tab value="properties">{t("properties")}</Tabs.Tab>
        <Tabs.Tab value="history">{t("history.title")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="properties">
        <Stack gap="sm">
          {!(change.error instanceof ConflictError) && <ErrorAlert error={change.error} />}
          <TicketFields
            ticket={ticket}
            change={change}
            statusRef={statusRef}
            assigneeRef={assigneeRef}
            focusedField={focusedField}
          />
          <TicketFacts ticket={ticket} />
        </Stack>
      </Tabs.Panel>
      <Tabs.Panel value="history">
        <History ticketId={ticket.id} />
      </Tabs.Panel>
    </Tabs>
  );
}

function TicketFields({ ticket, change, statusRef, assigneeRef, focusedField }: Props) {
  const { t } = useTranslation(["desk", "tickets"]);
  const user = useCurrentUser();
  const assignees = useAssignees();
  const possible = [ticket.status, ...nextStatuses(ticket.status)];
  const current =
    ticket.assignee !== null && ticket.assignee_active === false
      ? { id: ticket.assignee.id, name: t("assigneeLeft", { name: ticket.assignee.name }) }
      : ticket.assignee;
  const assignable = withCurrent([{ id: user.id, name: t("me", { name: user.name }) }, ...assignees], current);
  const locked = ticket.status === "merged";
  return (
    <>
      <Select
        ref={statusRef}
        size="xs"
        defaultDropdownOpened={focusedField === "status"}
        data-autofocus={focusedField === "status" || undefined}
        label={t("tickets:status.label")}
        data={possible.map((value) => ({ value, label: t(`tickets:status.${value}`) }))}
        value={ticket.status}
        allowDeselect={false}
        disabled={locked}
        onChange={(status) => {
          if (status !== null && status !== ticket.status) change.mutate({ status: status });
        }}
      />
      <Select
        ref={assigneeRef}
        size="xs"
        defaultDropdownOpened={focusedField === "assignee"}
        data-autofocus={focusedField === "assignee" || undefined}
        label={t("tickets:assignee")}
        placeholder={t("noAssignee")}
        data={assignable.map(({ id, name }) => ({ value: id, label: name }))}
        value={ticket.assignee?.id ?? null}
        searchable
        clearable
        allowDeselect={false}
        disabled={locked}
        clearButtonProps={{ "aria-label": t("unassign") }}
        onChange={(id) => {
          const who = id === user.id ? user : (assignable.find((each) => each.id === id) ?? null);
          change.mutate({ assignee: who && { id: who.id, name: who.name } });
        }}
      />
      <Select
        size="xs"
        label={t("tickets:priority.label")}
        data={PRIORITIES.map((value) => ({ value, label: t(`tickets:priority.${value}`) }))}
        value={ticket.priority}
        allowDeselect={false}
        disabled={locked}
        onChange={(priority) => {
          if (priority !== null && priority !== ticket.priority) change.mutate({ priority: priority });
        }}
      />
      <TextInput
        key={`category ${ticket.category ?? ""}`}
        size="xs"
        label={t("tickets:category")}
        defaultValue={ticket.category ?? ""}
        maxLength={80}
        disabled={locked}
        onBlur={({ currentTarget: { value } }) => {
          const category = value.trim() || null;
          if (category !== ticket.category) change.mutate({ category });
        }}
      />
      <TagsInput
        size="xs"
        label={t("tickets:tags")}
        value={ticket.tags}
        maxTags={20}
        disabled={locked}
        onChange={(tags) => change.mutate({ tags })}
      />
    </>
  );
}

function TicketFacts({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation("desk");
  const facts = [
    ["created", ticket.created_at],
    ["firstResponse", ticket.first_response_at],
    ["escalatedAt", ticket.escalated_at],
    ["resolved", ticket.resolved_at],
  ] as const;
  return (
    <Stack gap={6} component="dl" m={0} mt="xs">
      <Fact label={t("fact.requester")}>{ticket.requester.name}</Fact>
      {facts.map(
        ([name, at]) =>
          at !== null && (
            <Fact key={name} label={t(`fact.${name}`)}>
              <RelativeTime at={at} size="xs" />
            </Fact>
          ),
      )}
    </Stack>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="xs" m={0}>
        {children}
      </Text>
    </div>
  );
}

interface PersonName {
  readonly id: string;
  readonly name: string;
}

/** Includes the current assignee even if they can no longer be assigned, without duplicates. */
function withCurrent(people: readonly PersonName[], current: PersonName | null): readonly PersonName[] {
  const all = current === null ? people : [...people, current];
  return all.filter(({ id }, at) => all.findIndex((each) => each.id === id) === at);
}
