import { Alert, Switch, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { isKnownKind } from "@/notifications/kinds";
import { QueryResult } from "@/ui/QueryResult";
import { useSuppressionReason } from "@/ui/useSuppressionReason";
import { useSetPreference } from "./commands";
import { type Preference, preferences } from "./queries";

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
            <PreferenceTable items={items.filter(({ kind }) => isKnownKind(kind))} />
          </>
        )}
      </QueryResult>
    </>
  );
}

function PreferenceTable({ items }: { readonly items: readonly Preference[] }) {
  const { t } = useTranslation("notifications");
  const rows = [...new Map(items.map((each) => [`${each.kind} ${each.scope}`, each])).values()];
  const channels = [...new Set(items.map(({ channel }) => channel))];
  const scopes = new Set(items.map(({ scope }) => scope));
  return (
    <Table.ScrollContainer minWidth={340} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("preferences.kind")}</Table.Th>
            {channels.map((channel) => (
              <Table.Th key={channel} w={100}>
                {t(`channel.${channel}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ kind, scope }) => (
            <Table.Tr key={`${kind} ${scope}`}>
              <Table.Td>
                <Text size="sm">{t(`kind.${kind}`)}</Text>
                {scopes.size > 1 && (
                  <Text size="xs" c="dimmed">
                    {t(`scope.${scope}`)}
                  </Text>
                )}
              </Table.Td>
              {channels.map((channel) => (
                <Table.Td key={channel}>
                  <PreferenceSwitch
                    preference={items.find(
                      (each) => each.kind === kind && each.scope === scope && each.channel === channel,
                    )}
                  />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function PreferenceSwitch({ preference }: { readonly preference: Preference | undefined }) {
  const { t } = useTranslation("notifications");
  const setPreference = useSetPreference();
  if (preference === undefined) return null;
  const when = setPreference.isPending ? setPreference.variables.when : preference.when;
  return (
    <Switch
      checked={when === "immediately"}
      aria-label={t("preferences.label", {
        what: t(`kind.${preference.kind}`),
        scope: t(`scope.${preference.scope}`),
        where: t(`channel.${preference.channel}`),
      })}
      onChange={({ currentTarget: { checked } }) =>
        setPreference.mutate({ preference, when: checked ? "immediately" : "never" })
      }
    />
  );
}
