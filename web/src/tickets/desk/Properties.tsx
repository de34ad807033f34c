import { Select, Stack, Tabs, TagsInput, Text, TextInput } from "@mantine/core";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { useUser } from "@/auth/session/useUser";
import { Moment } from "@/shell/Moment";
import { Trouble } from "@/shell/Trouble";
import { History } from "@/tickets/history/History";
import { useColleagues } from "@/tickets/people/queries";
import { Overtaken } from "@/tickets/ticket/changes";
import type { useChangeTicket } from "@/tickets/ticket/commands";
import { PRIORITIES } from "@/tickets/ticket/priorities";
import type { Ticket } from "@/tickets/ticket/queries";
import { following } from "@/tickets/ticket/statuses";

/** The choice that is to be open from the beginning. */
export type Asked = "status" | "assignee" | "nothing";

interface Props {
  readonly ticket: Ticket;
  readonly change: ReturnType<typeof useChangeTicket>;
  readonly statusRef: Ref<HTMLInputElement>;
  readonly assigneeRef: Ref<HTMLInputElement>;
  readonly asked: Asked;
}

/** How a ticket stands, to be changed in place; and what happened to it. */
export function Properties({ ticket, change, statusRef, assigneeRef, asked }: Props) {
  const { t } = useTranslation(["desk", "tickets"]);
  return (
    <Tabs defaultValue="properties" keepMounted={false}>
      <Tabs.List mb="sm">
        <Tabs.Tab value="properties">{t("properties")}</Tabs.Tab>
        <Tabs.Tab value="history">{t("history.title")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="properties">
        <Stack gap="sm">
          {!(change.error instanceof Overtaken) && <Trouble error={change.error} />}
          <Choices ticket={ticket} change={change} statusRef={statusRef} assigneeRef={assigneeRef} asked={asked} />
          <Facts ticket={ticket} />
        </Stack>
      </Tabs.Panel>
      <Tabs.Panel value="history">
        <History ticketId={ticket.id} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Choices({ ticket, change, statusRef, assigneeRef, asked }: Props) {
  const { t } = useTranslation(["desk", "tickets"]);
  const user = useUser();
  const colleagues = useColleagues();
  const possible = [ticket.status, ...following(ticket.status)];
  const assignable = withPresent([{ id: user.id, name: t("me", { name: user.name }) }, ...colleagues], ticket.assignee);
  const locked = ticket.status === "merged";
  return (
    <>
      <Select
        ref={statusRef}
        size="xs"
        defaultDropdownOpened={asked === "status"}
        data-autofocus={asked === "status" || undefined}
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
        defaultDropdownOpened={asked === "assignee"}
        data-autofocus={asked === "assignee" || undefined}
        label={t("tickets:assignee")}
        placeholder={t("nobody")}
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
        onChange={(tags) => {
          change.mutate({ tags });
        }}
      />
    </>
  );
}

function Facts({ ticket }: { readonly ticket: Ticket }) {
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
              <Moment at={at} size="xs" />
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

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The present assignee is shown even if they cannot be chosen any more; nobody is listed twice. */
function withPresent(people: readonly Named[], present: Named | null): readonly Named[] {
  const all = present === null ? people : [...people, present];
  return all.filter(({ id }, at) => all.findIndex((each) => each.id === id) === at);
}
