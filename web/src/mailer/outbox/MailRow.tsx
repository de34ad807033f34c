import { Badge, Button, Group, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/i18n/format";
import { isKnownKind } from "@/notifications/kinds";
import { RelativeTime } from "@/ui/RelativeTime";
import { useMarkMailSent, useRetryMail } from "./commands";
import type { Mail } from "./queries";
import { isKnownStatus, STATUS_COLORS } from "./statusColors";

const SUPPRESSION_REASONS = ["address_suppressed", "link_expired", "superseded", "unsubscribed"] as const;

/** An error is the text of the SMTP server, or one of these. */
function isSuppressionReason(error: string): error is (typeof SUPPRESSION_REASONS)[number] {
  return SUPPRESSION_REASONS.some((reason) => reason === error);
}

/** A mail of the outbox, with what an admin can do about it. */
export function MailRow({ mail }: { readonly mail: Mail }) {
  const { t } = useTranslation(["admin", "notifications"]);
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
        <Badge variant="dot" color={isKnownStatus(mail.status) ? STATUS_COLORS[mail.status] : "gray"} tt="none">
          {isKnownStatus(mail.status) ? t(`mail.statusName.${mail.status}`) : mail.status}
        </Badge>
        {mail.address_suppressed && mail.status !== "suppressed" && mail.last_error !== "address_suppressed" && (
          <Text size="xs" c="dimmed" maw={280}>
            {t("mail.sentAnyway")}
          </Text>
        )}
        {mail.status === "unknown" && <UnknownOutcome resendAt={mail.due_at} />}
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
        <MailActions mail={mail} />
      </Table.Td>
    </Table.Tr>
  );
}

function UnknownOutcome({ resendAt }: { readonly resendAt: string | null }) {
  const { t } = useTranslation("admin");
  const format = useFormat();
  return (
    <Text size="xs" maw={280}>
      {resendAt === null ? t("mail.unknown.final") : t("mail.unknown.waiting", { when: format.relative(resendAt) })}
    </Text>
  );
}

function MailActions({ mail }: { readonly mail: Mail }) {
  const { t } = useTranslation("admin");
  const retry = useRetryMail(mail);
  const markSent = useMarkMailSent(mail);
  const name = mail.recipient.name || mail.recipient.email;
  const isUnknown = mail.status === "unknown";
  if (!isUnknown && mail.status !== "failed" && mail.status !== "suppressed") return null;
  return (
    <Group gap="xs">
      <Button
        size="compact-xs"
        variant="default"
        loading={retry.isPending}
        disabled={markSent.isPending}
        aria-label={isUnknown ? t("mail.retryNowLabel", { name }) : t("mail.retryLabel", { name })}
        onClick={() => retry.mutate()}
      >
        {isUnknown ? t("mail.retryNow") : t("mail.retry")}
      </Button>
      {isUnknown && (
        <Button
          size="compact-xs"
          variant="default"
          loading={markSent.isPending}
          disabled={retry.isPending}
          aria-label={t("mail.markSentLabel", { name })}
          onClick={() => markSent.mutate()}
        >
          {t("mail.markSent")}
        </Button>
      )}
    </Group>
  );
}
