import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { parseUserAgent } from "@/auth/session/userAgent";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { QueryResult } from "@/ui/QueryResult";
import { RelativeTime } from "@/ui/RelativeTime";
import { type SecurityEvent, securityEvents } from "./queries";

export function SecurityHistory() {
  const { t } = useTranslation("account");
  const query = useInfiniteQuery(securityEvents);
  return (
    <Stack>
      <Title order={2} size="h4">
        {t("securityHistory.title")}
      </Title>
      <QueryResult query={query}>
        {({ pages }) => {
          const events = pages.flatMap((page) => page.items);
          if (events.length === 0) return <Text size="sm">{t("securityHistory.empty")}</Text>;
          return (
            <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
              {events.map((event) => (
                <SecurityEventItem key={event.id} event={event} />
              ))}
            </Stack>
          );
        }}
      </QueryResult>
      {query.hasNextPage && (
        <Group>
          <Button
            size="xs"
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("securityHistory.more")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function SecurityEventItem({ event }: { readonly event: SecurityEvent }) {
  const { t } = useTranslation("account");
  const { id } = useCurrentUser();
  const by = event.actor === null || event.actor.id === id ? null : event.actor.name;
  const { browser, system } = parseUserAgent(event.user_agent ?? "");
  const origin = by === null ? [event.ip, browser, system] : [t("securityHistory.by", { name: by })];
  return (
    <li>
      <Text size="sm">{t(`securityHistory.type.${event.type.replace(".", "_")}` as never)}</Text>
      <Text size="xs" c="dimmed">
        <RelativeTime at={event.occurred_at} size="xs" />
        {origin.filter(Boolean).map((part) => ` · ${String(part)}`)}
      </Text>
    </li>
  );
}
