import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keysOf } from "@/api/keysOf";
import { Page } from "@/ui/Page";
import { PagedTable } from "@/ui/PagedTable";
import { MailRow } from "./MailRow";
import { MailServerAlert } from "./MailServerAlert";
import { type MailStatus, outbox } from "./queries";
import { RetryFailedButton } from "./RetryFailedButton";
import { STATUS_COLORS } from "./statusColors";

const STATUSES = keysOf(STATUS_COLORS);

export function OutboxPage() {
  const { t } = useTranslation("admin");
  const [status, setStatus] = useState<MailStatus | "">("");
  const [recipient, setRecipient] = useState("");
  const [searchText] = useDebouncedValue(recipient.trim(), 300);
  const query = useInfiniteQuery(outbox({ status: status || undefined, recipient: searchText || undefined }));
  return (
    <Page title={t("mail.title")} lead={t("mail.lead")} size="xl">
      <MailServerAlert />
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
        {status === "failed" && <RetryFailedButton recipient={searchText || undefined} />}
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
