import { Badge, Button, Group, NativeSelect, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keysOf } from "@/api/keysOf";
import { isKnownKind } from "@/notifications/kinds";
import { Page } from "@/ui/Page";
import { PagedTable } from "@/ui/PagedTable";
import { RelativeTime } from "@/ui/RelativeTime";
import { useRetryMail } from "./commands";
import { type Mail, type MailStatus, outbox } from "./queries";

const COLORS: Record<MailStatus, string> = {
  queued: "blue",
  sending: "blue",
  sent: "green",
  failed: "red",
  suppressed: "yellow",
};
const STATUSES = keysOf(COLORS);

const SUPPRESSION_REASONS = ["address_suppressed", "link_expired", "superseded"] as const;

/** An error is the text of the SMTP server, or one of these. */
function isSuppressionReason(error: string): error is (typeof SUPPRESSION_REASONS)[number] {
  return SUPPRESSION_REASONS.some((reason) => reason === error);
}

/** A newer server may send others. */
function isKnownStatus(status: string): status is MailStatus {
  return status in COLORS;
}

export function OutboxPage() {
  const { t } = useTranslation("admin");
  const [status, setStatus] = useState<MailStatus | "">("");
  const [recipient, setRecipient] = useState("");
  const [searchText] = useDebouncedValue(recipient.trim(), 300);
  const query = useInfiniteQuery(outbox({ status: status || undefined, recipient: searchText || undefined }));
  return (
    <Page title={t("mail.title")} lead={t("mail.lead")} size="xl">
      <Group align="flex-end">
        <NativeSelect
          size="xs"
          label={t("mail.status")}
          value={status}
          data={[
            { value: "", label: t("any") },
            ...STATUSES.map((value) => ({ value, label: t(`mail.statusName.${value}`) })),
          ]}
          onChange={({ currentTarget: { value } }) => setStatus(STATUSES.find((each) => each === value) ?? "")}
        />
        <TextInput
          size="xs"
          label={t("mail.recipient")}
          value={recipient}
          onChange={({ currentTarget: { value } }) => setRecipient(value)}
        />
      </Group>
      <PagedTable
        query={query}
        label={t("mail.title")}
        columns={[
          t("mail.recipient"),
          t("mail.kind"),
          t("mail.status"),
          t("mail.attempts"),
          t("mail.when"),
          t("actions"),
        ]}
        emptyMessage={t("mail.none")}
        minWidth={760}
      >
        {(mail) => <MailRow key={mail.id} mail={mail} />}
      </PagedTable>
    </Page>
  );
}

function MailRow({ mail }: { readonly mail: Mail }) {
  const { t } = useTranslation(["admin", "notifications"]);
  const retry = useRetryMail(mail);
  const canRetry = mail.status === "failed" || mail.status === "suppressed";
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm">{mail.recipient.name}</Text>
        <Text size="xs" c="dimmed">
          {mail.recipient.email}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{isKnownKind(mail.kind) ? t(`notifications:kind.${mail.kind}`) : mail.kind}</Text>
        {mail.ticket_number !== null && (
          <Text size="xs" c="dimmed">
            {t("mail.ticket", { number: mail.ticket_number })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Badge variant="dot" color={isKnownStatus(mail.status) ? COLORS[mail.status] : "gray"} tt="none">
          {isKnownStatus(mail.status) ? t(`mail.statusName.${mail.status}`) : mail.status}
        </Badge>
        {mail.address_suppressed && mail.status !== "suppressed" && (
          <Text size="xs" c="dimmed" maw={280}>
            {t("mail.sentAnyway")}
          </Text>
        )}
        {mail.last_error !== null && (
          <Text size="xs" c="dimmed" maw={280} style={{ overflowWrap: "anywhere" }}>
            {isSuppressionReason(mail.last_error) ? t(`mail.suppression.${mail.last_error}`) : mail.last_error}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{mail.attempts}</Table.Td>
      <Table.Td>
        <RelativeTime at={mail.sent_at ?? mail.created_at} size="xs" />
      </Table.Td>
      <Table.Td>
        {canRetry && (
          <Button
            size="compact-xs"
            variant="default"
            loading={retry.isPending}
            aria-label={t("mail.retryLabel", { name: mail.recipient.name || mail.recipient.email })}
            onClick={() => retry.mutate()}
          >
            {t("mail.retry")}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
