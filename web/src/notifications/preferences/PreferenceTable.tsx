import { Switch, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isKnownKind } from "@/notifications/kinds";
import { useSetPreference } from "./commands";
import type { Preference, Segment } from "./queries";

interface Props {
  readonly items: readonly Preference[];
  /** Whose defaults they are. Without it they are the user's own. */
  readonly segment?: Segment | undefined;
}

/** A switch for each preference. Kinds of a newer server are left out. */
export function PreferenceTable({ items: all, segment }: Props) {
  const { t } = useTranslation("notifications");
  const items = all.filter(({ kind }) => isKnownKind(kind));
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
                    segment={segment}
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

function PreferenceSwitch({
  preference,
  segment,
}: { readonly preference: Preference | undefined } & Pick<Props, "segment">) {
  const { t } = useTranslation("notifications");
  const setPreference = useSetPreference(segment);
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
