import { Button, Code, Group, Table, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { keysOf } from "@/api/keysOf";
import { DateInput } from "@/ui/DateInput";
import { Page } from "@/ui/Page";
import { PagedTable } from "@/ui/PagedTable";
import { RelativeTime } from "@/ui/RelativeTime";
import { audit, type Entry } from "./queries";
import { type AuditSearch, toAuditFilters } from "./search";

const DATE_FILTERS = ["from", "to"] as const;
const TEXT_FILTERS = keysOf<Exclude<keyof AuditSearch, (typeof DATE_FILTERS)[number]>>({
  action: true,
  entity_type: true,
  entity_id: true,
  actor: true,
});

export function AuditPage() {
  const { t } = useTranslation("admin");
  const search = useSearch({ from: "/authenticated/staff/admin/audit" });
  const navigate = useNavigate();
  const query = useInfiniteQuery(audit(toAuditFilters(search)));
  const set = (change: Partial<AuditSearch>) =>
    void navigate({ to: "/admin/audit", search: { ...search, ...change }, replace: true });
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")} size="xl">
      <Group align="flex-end" gap="sm">
        {TEXT_FILTERS.map((name) => (
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
        {DATE_FILTERS.map((name) => (
          <DateInput
            key={name}
            label={t(`audit.${name}`)}
            value={search[name]}
            onChange={(day) => set({ [name]: day })}
          />
        ))}
        <Button size="xs" variant="default" onClick={() => void navigate({ to: "/admin/audit", search: {} })}>
          {t("clear")}
        </Button>
      </Group>
      <PagedTable
        query={query}
        label={t("audit.title")}
        columns={[
          t("audit.when"),
          t("audit.who"),
          t("audit.action"),
          t("audit.what"),
          t("audit.change"),
          t("audit.where"),
        ]}
        emptyMessage={t("audit.none")}
        minWidth={900}
      >
        {(entry) => <EntryRow key={entry.id} entry={entry} onFilter={set} />}
      </PagedTable>
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
        <RelativeTime at={entry.occurred_at} absolute size="xs" />
      </Table.Td>
      <Table.Td>
        {actor === null ? (
          <Text size="xs">{t("audit.system")}</Text>
        ) : (
          <Button
            size="compact-xs"
            variant="subtle"
            h="auto"
            styles={{ label: { whiteSpace: "normal", textAlign: "start" } }}
            onClick={() => onFilter({ actor: actor.id })}
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
          onClick={() => onFilter({ entity_type: entity.type, entity_id: entity.id })}
        >
          {entity.type}
        </Button>
      </Table.Td>
      <Table.Td maw={320}>
        {Object.keys({ ...entry.before, ...entry.after }).map((field) => (
          <Text key={field} size="xs" style={{ overflowWrap: "anywhere" }}>
            {entry.before === null
              ? t("audit.created", { field, after: formatValue(entry.after?.[field]) })
              : t("audit.changed", {
                  field,
                  before: formatValue(entry.before[field]),
                  after: formatValue(entry.after?.[field]),
                })}
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

function formatValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map(formatValue).join(", ") || "–";
  if (typeof value === "object" && "name" in value) return String(value.name);
  return typeof value === "string" ? value : JSON.stringify(value);
}
