import { Button, Code, Group, Table, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Listing } from "@/shell/Listing";
import { Moment } from "@/shell/Moment";
import { Page } from "@/shell/Page";
import { Day } from "@/shell/Day";
import { audit, type Entry } from "./queries";
import { type AuditSearch, filtersOf } from "./search";

const WORDS = ["action", "entity_type", "entity_id", "actor"] as const;
const DAYS = ["from", "to"] as const;

/** Who did what, when, and from where. */
export function AuditPage() {
  const { t } = useTranslation("admin");
  const search = useSearch({ from: "/inside/staff/admin/audit" });
  const navigate = useNavigate();
  const found = useInfiniteQuery(audit(filtersOf(search)));
  const set = (change: Partial<AuditSearch>) =>
    void navigate({ to: "/admin/audit", search: { ...search, ...change }, replace: true });
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")} size="xl">
      <Group align="flex-end" gap="sm">
        {WORDS.map((name) => (
          <TextInput
            key={`${name} ${search[name] ?? ""}`}
            size="xs"
            label={t(`audit.${name}`)}
            defaultValue={search[name] ?? ""}
            onBlur={({ currentTarget: { value } }) => {
              if (value.trim() !== (search[name] ?? "")) set({ [name]: value.trim() || undefined });
            }}
            onKeyDown={({ key, currentTarget }) => {
              if (key === "Enter") currentTarget.blur();
            }}
          />
        ))}
        {DAYS.map((name) => (
          <Day
            key={name}
            label={t(`audit.${name}`)}
            value={search[name] ?? ""}
            onChange={(day) => {
              set({ [name]: day || undefined });
            }}
          />
        ))}
        <Button size="xs" variant="default" onClick={() => void navigate({ to: "/admin/audit", search: {} })}>
          {t("clear")}
        </Button>
      </Group>
      <Listing
        of={found}
        label={t("audit.title")}
        head={[
          t("audit.when"),
          t("audit.who"),
          t("audit.action"),
          t("audit.what"),
          t("audit.change"),
          t("audit.where"),
        ]}
        empty={t("audit.none")}
        minWidth={900}
      >
        {(entry) => <EntryRow key={entry.id} entry={entry} onFilter={set} />}
      </Listing>
    </Page>
  );
}

function EntryRow({
  entry,
  onFilter,
}: {
  readonly entry: Entry;
  readonly onFilter: (change: Partial<AuditSearch>) => void;
}) {
  const { t } = useTranslation("admin");
  const { actor, entity } = entry;
  return (
    <Table.Tr>
      <Table.Td>
        <Moment at={entry.occurred_at} exact size="xs" />
      </Table.Td>
      <Table.Td>
        {actor === null ? (
          <Text size="xs">{t("audit.nobody")}</Text>
        ) : (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => {
              onFilter({ actor: actor.id });
            }}
          >
            {actor.name}
          </Button>
        )}
      </Table.Td>
      <Table.Td>
        <Code>{entry.action}</Code>
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="subtle"
          title={entity.id}
          onClick={() => {
            onFilter({ entity_type: entity.type, entity_id: entity.id });
          }}
        >
          {entity.type}
        </Button>
      </Table.Td>
      <Table.Td maw={320}>
        {Object.keys({ ...entry.before, ...entry.after }).map((field) => (
          <Text key={field} size="xs" style={{ overflowWrap: "anywhere" }}>
            {entry.before === null
              ? t("audit.began", { field, after: plain(entry.after?.[field]) })
              : t("audit.changed", { field, before: plain(entry.before[field]), after: plain(entry.after?.[field]) })}
          </Text>
        ))}
      </Table.Td>
      <Table.Td>
        <Text size="xs" title={`${entry.user_agent ?? ""} ${entry.request_id ?? ""}`.trim()}>
          {entry.ip ?? "–"}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map(plain).join(", ") || "–";
  if (typeof value === "object" && "name" in value) return String(value.name);
  return typeof value === "string" ? value : JSON.stringify(value);
}
