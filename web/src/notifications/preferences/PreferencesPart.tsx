import { Switch, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Answer } from "@/shell/Answer";
import { useChoose } from "./commands";
import { type Preference, preferences } from "./queries";

/** What one is told, and where. */
export function PreferencesPart() {
  const { t } = useTranslation("notifications");
  const found = useQuery(preferences);
  return (
    <>
      <Text size="sm" mb="md">
        {t("preferences.text")}
      </Text>
      <Answer of={found}>{({ items }) => <Choices items={items} />}</Answer>
    </>
  );
}

function Choices({ items }: { readonly items: readonly Preference[] }) {
  const { t } = useTranslation("notifications");
  const rows = [...new Map(items.map((each) => [`${each.kind} ${each.scope}`, each])).values()];
  const channels = [...new Set(items.map(({ channel }) => channel))];
  const scopes = new Set(items.map(({ scope }) => scope));
  return (
    <Table.ScrollContainer minWidth={340} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("preferences.what")}</Table.Th>
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
                <Text size="sm">{t(`what.${kind}`)}</Text>
                {scopes.size > 1 && (
                  <Text size="xs" c="dimmed">
                    {t(`scope.${scope}`)}
                  </Text>
                )}
              </Table.Td>
              {channels.map((channel) => (
                <Table.Td key={channel}>
                  <OneChoice
                    of={items.find((each) => each.kind === kind && each.scope === scope && each.channel === channel)}
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

function OneChoice({ of }: { readonly of: Preference | undefined }) {
  const { t } = useTranslation("notifications");
  const choose = useChoose();
  if (of === undefined) return null;
  const shown = choose.isPending ? choose.variables.when : of.when;
  return (
    <Switch
      checked={shown === "immediately"}
      aria-label={t("preferences.one", {
        what: t(`what.${of.kind}`),
        scope: t(`scope.${of.scope}`),
        where: t(`channel.${of.channel}`),
      })}
      onChange={({ currentTarget: { checked } }) => {
        choose.mutate({ of, when: checked ? "immediately" : "never" });
      }}
    />
  );
}
