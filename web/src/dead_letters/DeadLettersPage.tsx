import { Button, Code, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";
import { PagedTable } from "@/ui/PagedTable";
import { RelativeTime } from "@/ui/RelativeTime";
import { SegmentedControl } from "@/ui/SegmentedControl";
import { useDiscardDeadLetter, useReplayDeadLetter } from "./commands";
import { type DeadLetter, deadLetters, type Service, SERVICES } from "./queries";

export function DeadLettersPage() {
  const { t } = useTranslation(["admin", "shell"]);
  const [service, setService] = useState<Service>("notifications");
  const [inspected, setInspected] = useState<DeadLetter | null>(null);
  const query = useInfiniteQuery(deadLetters(service));
  return (
    <Page title={t("deadLetters.title")} lead={t("deadLetters.lead")} size="xl">
      <SegmentedControl
        aria-label={t("deadLetters.service")}
        value={service}
        onChange={setService}
        data={SERVICES.map((value) => ({ value, label: t(`service.${value}`) }))}
      />
      <PagedTable
        query={query}
        label={t("deadLetters.title")}
        columns={[
          t("deadLetters.event"),
          t("deadLetters.reason"),
          t("deadLetters.attempts"),
          t("deadLetters.failed"),
          t("actions"),
        ]}
        emptyMessage={t("deadLetters.none")}
        minWidth={960}
      >
        {(deadLetter) => (
          <Row key={deadLetter.sequence} deadLetter={deadLetter} service={service} onInspect={setInspected} />
        )}
      </PagedTable>
      <Modal
        opened={inspected !== null}
        onClose={() => setInspected(null)}
        title={inspected?.event_type}
        size="lg"
        closeButtonProps={{ "aria-label": t("shell:close") }}
      >
        <Stack>
          <Text size="sm">{inspected?.reason}</Text>
          <Code block tabIndex={0}>
            {JSON.stringify(inspected?.data, null, 2)}
          </Code>
        </Stack>
      </Modal>
    </Page>
  );
}

interface RowProps {
  readonly deadLetter: DeadLetter;
  readonly service: Service;
  readonly onInspect: (deadLetter: DeadLetter) => void;
}

function Row({ deadLetter, service, onInspect }: RowProps) {
  const { t } = useTranslation("admin");
  const replay = useReplayDeadLetter(service);
  const discard = useDiscardDeadLetter(service);
  const [confirming, setConfirming] = useState(false);
  return (
    <Table.Tr>
      <Table.Td>
        <Code>{deadLetter.event_type}</Code>
        <Text size="xs" c="dimmed">
          {deadLetter.handler}
        </Text>
      </Table.Td>
      <Table.Td maw={320} style={{ overflowWrap: "anywhere" }}>
        {deadLetter.reason}
      </Table.Td>
      <Table.Td>{deadLetter.attempts}</Table.Td>
      <Table.Td>
        <RelativeTime at={deadLetter.failed_at} size="xs" />
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <Button size="compact-xs" variant="default" onClick={() => onInspect(deadLetter)}>
            {t("deadLetters.inspect")}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            loading={replay.isPending}
            disabled={deadLetter.omitted_bytes > 0}
            onClick={() => replay.mutate(deadLetter.sequence)}
          >
            {t("deadLetters.replay")}
          </Button>
          <Button
            size="compact-xs"
            variant={confirming ? "filled" : "default"}
            color="red"
            loading={discard.isPending}
            onBlur={() => setConfirming(false)}
            onClick={() => {
              if (confirming) discard.mutate(deadLetter.sequence);
              else setConfirming(true);
            }}
          >
            {confirming ? t("deadLetters.confirmDiscard") : t("deadLetters.discard")}
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
