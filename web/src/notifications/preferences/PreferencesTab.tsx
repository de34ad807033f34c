import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { QueryResult } from "@/ui/QueryResult";
import { useSuppressionReason } from "@/ui/useSuppressionReason";
import { PreferenceTable } from "./PreferenceTable";
import { preferences } from "./queries";

export function PreferencesTab() {
  const { t } = useTranslation("notifications");
  const suppressionReason = useSuppressionReason();
  const query = useQuery(preferences);
  return (
    <>
      <Text size="sm" mb="md">
        {t("preferences.text")}
      </Text>
      <QueryResult query={query}>
        {({ items, email_suppression }) => (
          <>
            {email_suppression !== null && (
              <Alert color="yellow" mb="md" role="status">
                {t("preferences.notDelivered", { reason: suppressionReason(email_suppression) })}
              </Alert>
            )}
            {items.some(({ scope }) => scope === "unassigned") && (
              <Text size="sm" c="dimmed" mb="md">
                {t("preferences.queue")}
              </Text>
            )}
            <PreferenceTable items={items} />
          </>
        )}
      </QueryResult>
    </>
  );
}
