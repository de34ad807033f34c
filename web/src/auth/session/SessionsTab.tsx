import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { QueryResult } from "@/ui/QueryResult";
import { RelativeTime } from "@/ui/RelativeTime";
import { useRevokeOtherSessions, useRevokeSession } from "./commands";
import { sessions, type SessionView } from "./queries";
import { parseUserAgent } from "./userAgent";

/** Lists the user's sessions and revokes them. */
export function SessionsTab() {
  const { t } = useTranslation("account");
  const query = useInfiniteQuery(sessions);
  const revokeOthers = useRevokeOtherSessions();
  return (
    <Stack>
      <Text size="sm">{t("sessions.text")}</Text>
      <QueryResult query={query}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items);
          return (
            <Stack gap="sm">
              {all.map((session) => (
                <SessionCard key={session.id} session={session} />
              ))}
              {all.length > 1 && (
                <Group>
                  <Button variant="default" loading={revokeOthers.isPending} onClick={() => revokeOthers.mutate()}>
                    {t("sessions.endOthers")}
                  </Button>
                </Group>
              )}
            </Stack>
          );
        }}
      </QueryResult>
    </Stack>
  );
}

function SessionCard({ session }: { readonly session: SessionView }) {
  const { t } = useTranslation("account");
  const revoke = useRevokeSession();
  const { browser, system } = parseUserAgent(session.user_agent ?? "");
  const device = [browser, system].filter(Boolean).join(" · ") || t("sessions.unknown");
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {device}
            </Text>
            {session.current && (
              <Badge size="sm" variant="dot" color="green">
                {t("sessions.current")}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed">
            {session.ip} · {t("sessions.started")} <RelativeTime at={session.started_at} size="xs" /> ·{" "}
            {t("sessions.lastUsed")} <RelativeTime at={session.last_used_at} size="xs" />
          </Text>
        </div>
        {!session.current && (
          <Button
            size="xs"
            variant="default"
            loading={revoke.isPending}
            aria-label={t("sessions.endLabel", { device })}
            onClick={() => revoke.mutate(session.id)}
          >
            {t("sessions.end")}
          </Button>
        )}
      </Group>
    </Card>
  );
}
