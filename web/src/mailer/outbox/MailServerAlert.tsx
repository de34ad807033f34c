import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/i18n/format";
import { mailServer } from "./queries";

/** Shown while the SMTP server takes no mail. */
export function MailServerAlert() {
  const { t } = useTranslation("admin");
  const format = useFormat();
  const { data } = useQuery(mailServer);
  if (data === undefined || data.available) return null;
  return (
    <Alert color="red" title={t("mail.unavailable.title")}>
      <Text size="sm">{t("mail.unavailable.text")}</Text>
      {data.since !== null && (
        <Text size="sm">{t("mail.unavailable.since", { when: format.dateTime(data.since) })}</Text>
      )}
      {data.reason !== null && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {t("mail.unavailable.reason", { reason: data.reason })}
        </Text>
      )}
    </Alert>
  );
}
