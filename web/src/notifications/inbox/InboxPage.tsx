import { Card } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";
import { Inbox } from "./Inbox";

export function InboxPage() {
  const { t } = useTranslation("notifications");
  return (
    <Page title={t("title")} size="sm">
      <Card withBorder padding={0}>
        <Inbox />
      </Card>
    </Page>
  );
}
