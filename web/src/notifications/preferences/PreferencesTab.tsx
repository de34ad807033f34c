import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { QueryResult } from "@/ui/QueryResult";
import { PreferenceTable } from "./PreferenceTable";
import { preferences } from "./queries";

export function PreferencesTab() {
  const { t } = useTranslation("notifications");
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
                {t(`preferences.notDelivered.${email_suppression === "permanent_failure" ? "permanent_failure" : "manual"}`)}
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
