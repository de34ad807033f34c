import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Answer } from "@/shell/Answer";
import { Moment } from "@/shell/Moment";
import { useRevokeOtherSessions, useRevokeSession } from "./commands";
import { deviceOf } from "./devices";
import { sessions, type SessionView } from "./queries";

/** Where one is logged in, and a way to end that. */
export function SessionsPart() {
  const { t } = useTranslation("account");
  const found = useInfiniteQuery(sessions);
  const revokeOthers = useRevokeOtherSessions();
  return (
    <Stack>
      <Text size="sm">{t("sessions.text")}</Text>
      <Answer of={found}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items);
          return (
            <Stack gap="sm">
              {all.map((session) => (
                <OneSession key={session.id} session={session} />
              ))}
              {all.length > 1 && (
                <Group>
                  <Button
                    variant="default"
                    loading={revokeOthers.isPending}
                    onClick={() => {
                      revokeOthers.mutate();
                    }}
                  >
                    {t("sessions.endOthers")}
                  </Button>
                </Group>
              )}
            </Stack>
          );
        }}
      </Answer>
    </Stack>
  );
}

function OneSession({ session }: { readonly session: SessionView }) {
  const { t } = useTranslation("account");
  const revoke = useRevokeSession();
  const { browser, system } = deviceOf(session.user_agent ?? "");
  const device = [browser, system].filter(Boolean).join(" · ") || t("sessions.unknown");
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {device}
            </Text>
            {session.current === true && (
              <Badge size="sm" variant="dot" color="green">
                {t("sessions.current")}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed">
            {session.ip} · {t("sessions.started")} <Moment at={session.started_at} size="xs" /> · {t("sessions.used")}{" "}
            <Moment at={session.last_used_at} size="xs" />
          </Text>
        </div>
        {session.current !== true && (
          <Button
            size="xs"
            variant="default"
            loading={revoke.isPending}
            aria-label={t("sessions.endThat", { device })}
            onClick={() => {
              revoke.mutate(session.id);
            }}
          >
            {t("sessions.end")}
          </Button>
        )}
      </Group>
    </Card>
  );
}
