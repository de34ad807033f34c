import { BarChart, LineChart } from "@mantine/charts";
import { Card, SimpleGrid, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CalendarDay } from "@/i18n/calendarDay";
import { useFormat } from "@/i18n/format";
import { PRIORITIES } from "@/tickets/ticket/priorities";
import { STATUSES } from "@/tickets/ticket/statuses";
import type { Summary } from "./queries";

const HEIGHT = 240;

/** The tables and the CSV contain the same numbers. */
export function Charts({ report }: { readonly report: Summary }) {
  const { t } = useTranslation(["desk", "tickets"]);
  const format = useFormat();
  const days = report.days.map(({ date, ...counts }) => ({ date: format.day(date as CalendarDay), ...counts }));
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Chart title={t("reports.perDay")}>
        <BarChart
          h={HEIGHT}
          data={days}
          dataKey="date"
          series={[
            { name: "created", label: t("reports.created"), color: "blue.6" },
            { name: "resolved", label: t("reports.resolved"), color: "teal.7" },
          ]}
          withLegend
        />
      </Chart>
      <Chart title={t("reports.backlogPerDay")}>
        <LineChart
          h={HEIGHT}
          data={days}
          dataKey="date"
          series={[{ name: "backlog", label: t("reports.backlog"), color: "violet.4" }]}
          curveType="linear"
          withDots={false}
        />
      </Chart>
      <Chart title={t("reports.byStatus")}>
        <CountChart
          rows={STATUSES.map((status) => [t(`tickets:status.${status}`), report.by_status[status] ?? 0])}
          label={t("reports.tickets")}
        />
      </Chart>
      <Chart title={t("reports.byPriority")}>
        <CountChart
          rows={PRIORITIES.map((priority) => [t(`tickets:priority.${priority}`), report.by_priority[priority] ?? 0])}
          label={t("reports.tickets")}
        />
      </Chart>
      <Chart title={t("reports.byCategory")}>
        <CountChart
          rows={report.by_category.map(({ category, tickets }) => [category ?? t("reports.noCategory"), tickets])}
          label={t("reports.tickets")}
        />
      </Chart>
    </SimpleGrid>
  );
}

function Chart({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card withBorder padding="md" component="section" aria-label={title}>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}

interface CountChartProps {
  readonly rows: readonly (readonly [string, number])[];
  readonly label: string;
}

function CountChart({ rows, label }: CountChartProps) {
  return (
    <BarChart
      h={HEIGHT}
      data={rows.map(([name, tickets]) => ({ name, tickets }))}
      dataKey="name"
      orientation="vertical"
      yAxisProps={{ width: 130 }}
      series={[{ name: "tickets", label, color: "var(--mantine-primary-color-filled)" }]}
    />
  );
}
