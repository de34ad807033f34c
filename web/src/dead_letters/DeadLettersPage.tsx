import { Button, Code, Group, Modal, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Listing } from "@/shell/Listing";
import { Moment } from "@/shell/Moment";
import { Page } from "@/shell/Page";
import { useDiscard, useReplay } from "./commands";
import { type DeadLetter, deadLetters, type Service, SERVICES } from "./queries";

/** Events that a service could not handle: to look at, to try again, or to give up. */
export function DeadLettersPage() {
  const { t } = useTranslation(["admin", "shell"]);
  const [service, setService] = useState<Service>("notifications");
  const [looking, setLooking] = useState<DeadLetter | null>(null);
  const found = useInfiniteQuery(deadLetters(service));
  return (
    <Page title={t("deadLetters.title")} lead={t("deadLetters.lead")} size="xl">
      <SegmentedControl
        aria-label={t("deadLetters.service")}
        value={service}
        onChange={setService}
        data={SERVICES.map((value) => ({ value, label: t(`service.${value}`) }))}
        style={{ alignSelf: "flex-start", maxWidth: "100%", overflowX: "auto" }}
      />
      <Listing
        of={found}
        label={t("deadLetters.title")}
        head={[
          t("deadLetters.event"),
          t("deadLetters.reason"),
          t("deadLetters.attempts"),
          t("deadLetters.failed"),
          t("actions"),
        ]}
        empty={t("deadLetters.none")}
        minWidth={960}
      >
        {(letter) => <Row key={letter.sequence} letter={letter} service={service} onLook={setLooking} />}
      </Listing>
      <Modal
        opened={looking !== null}
        onClose={() => {
          setLooking(null);
        }}
        title={looking?.event_type}
        size="lg"
        closeButtonProps={{ "aria-label": t("shell:close") }}
      >
        <Stack>
          <Text size="sm">{looking?.reason}</Text>
          <Code block tabIndex={0}>
            {JSON.stringify(looking?.data, null, 2)}
          </Code>
        </Stack>
      </Modal>
    </Page>
  );
}

interface RowProps {
  readonly letter: DeadLetter;
  readonly service: Service;
  readonly onLook: (letter: DeadLetter) => void;
}

function Row({ letter, service, onLook }: RowProps) {
  const { t } = useTranslation("admin");
  const replay = useReplay(service);
  const discard = useDiscard(service);
  const [sure, setSure] = useState(false);
  return (
    <Table.Tr>
      <Table.Td>
        <Code>{letter.event_type}</Code>
        <Text size="xs" c="dimmed">
          {letter.handler}
        </Text>
      </Table.Td>
      <Table.Td maw={320} style={{ overflowWrap: "anywhere" }}>
        {letter.reason}
      </Table.Td>
      <Table.Td>{letter.attempts}</Table.Td>
      <Table.Td>
        <Moment at={letter.failed_at} size="xs" />
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              onLook(letter);
            }}
          >
            {t("deadLetters.inspect")}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            loading={replay.isPending}
            onClick={() => {
              replay.mutate(letter.sequence);
            }}
          >
            {t("deadLetters.replay")}
          </Button>
          <Button
            size="compact-xs"
            variant={sure ? "filled" : "default"}
            color="red"
            loading={discard.isPending}
            onBlur={() => {
              setSure(false);
            }}
            onClick={() => {
              if (sure) discard.mutate(letter.sequence);
              else setSure(true);
            }}
          >
            {sure ? t("deadLetters.sure") : t("deadLetters.discard")}
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
