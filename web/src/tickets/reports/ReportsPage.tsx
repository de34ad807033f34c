import "@mantine/charts/styles.css";
import { Button, Card, Group, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { downloadBlob } from "@/browser/downloadBlob";
import { useFormat } from "@/i18n/format";
import { DateInput } from "@/ui/DateInput";
import { Page } from "@/ui/Page";
import { QueryResult } from "@/ui/QueryResult";
import { Charts } from "./Charts";
import { type Agents, agents, reportCsv, type Summary, summary } from "./queries";
import { type Period, toPeriod } from "./search";

export function ReportsPage() {
  const { t } = useTranslation("desk");
  const search = useSearch({ from: "/authenticated/staff/reports" });
  const navigate = useNavigate();
  const period = toPeriod(search);
  const summaryQuery = useQuery(summary(period));
  const agentsQuery = useQuery(agents(period));
  return (
    <Page title={t("reports.title")} size="xl" actions={<CsvButtons period={period} />}>
      <Group align="flex-end" gap="sm">
        {(["from", "to"] as const).map((name) => (
          <DateInput
            key={name}
            label={t(`reports.${name}`)}
            value={period[name]}
            onChange={(day) => {
              if (day !== undefined)
                void navigate({ to: "/reports", search: { ...search, [name]: day }, replace: true });
            }}
          />
        ))}
      </Group>
      <QueryResult query={summaryQuery}>
        {(report) => (
          <Stack gap="lg">
            <KeyFigures report={report} />
            <Charts report={report} />
          </Stack>
        )}
      </QueryResult>
      <section aria-labelledby="agents">
        <Title order={2} size="h4" mb="sm" id="agents">
          {t("reports.agents")}
        </Title>
        <QueryResult query={agentsQuery}>{(report) => <AgentTable report={report} />}</QueryResult>
      </section>
    </Page>
  );
}

function KeyFigures({ report }: { readonly report: Summary }) {
  const { t } = useTranslation("desk");
  const format = useFormat();
  const formatSeconds = (seconds: number | null) => (seconds === null ? "–" : format.duration(seconds));
  const numbers = [
    ["created", format.number(report.created), ""],
    ["resolved", format.number(report.resolved), ""],
    ["backlog", format.number(report.backlog), ""],
    [
      "firstResponse",
      formatSeconds(report.first_response.median_seconds),
      formatSeconds(report.first_response.p90_seconds),
    ],
    ["resolution", formatSeconds(report.resolution.median_seconds), formatSeconds(report.resolution.p90_seconds)],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }}>
      {numbers.map(([name, number, p90]) => (
        <Card key={name} withBorder padding="sm">
          <Text size="xs" c="dimmed">
            {t(`reports.${name}`)}
          </Text>
          <Text size="xl" fw={650}>
            {number}
          </Text>
          {p90 !== "" && (
            <Text size="xs" c="dimmed">
              {t("reports.p90", { value: p90 })}
            </Text>
          )}
        </Card>
      ))}
    </SimpleGrid>
  );
}

function AgentTable({ report }: { readonly report: Agents }) {
  const { t } = useTranslation("desk");
  const format = useFormat();
  const formatSeconds = (seconds: number | null) => (seconds === null ? "–" : format.duration(seconds));
  return (
    <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-labelledby="agents">
        <Table.Thead>
          <Table.Tr>
            {(["agent", "unresolved", "assigned", "firstResponse", "resolution"] as const).map((column) => (
              <Table.Th key={column}>{t(`reports.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.agents.map(({ agent, active, unresolved, assigned, first_response, resolution }) => (
            <Table.Tr key={agent.id}>
              <Table.Td>{active ? agent.name : t("assigneeLeft", { name: agent.name })}</Table.Td>
              <Table.Td>{format.number(unresolved)}</Table.Td>
              <Table.Td>{format.number(assigned)}</Table.Td>
              <Table.Td>{formatSeconds(first_response.median_seconds)}</Table.Td>
              <Table.Td>{formatSeconds(resolution.median_seconds)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function CsvButtons({ period }: { readonly period: Period }) {
  const { t } = useTranslation("desk");
  const save = useMutation({
    mutationFn: async (report: "summary" | "agents") => {
      downloadBlob(await reportCsv(report, period), `${report}-${period.from}-${period.to}.csv`);
    },
  });
  return (
    <Group gap="xs">
      {(["summary", "agents"] as const).map((report) => (
        <Button
          key={report}
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          loading={save.isPending && save.variables === report}
          onClick={() => save.mutate(report)}
        >
          {t(`reports.csv.${report}`)}
        </Button>
      ))}
    </Group>
  );
}
