import { Avatar, Badge, Group, Paper, Text } from "@mantine/core";
import { IconLock, IconMail } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { RelativeTime } from "@/ui/RelativeTime";
import { Markdown } from "./Markdown";
import classes from "./MessageCard.module.css";

interface Props {
  readonly author: string;
  readonly body: string;
  /** Written by an agent or admin. */
  readonly staff?: boolean;
  readonly redacted?: boolean;
  /** Mentioned people who were not notified. */
  readonly notNotified?: readonly string[];
  readonly visibility?: "public" | "internal";
  readonly channel?: "web" | "api" | "email";
  readonly at?: string;
  /** Written by the current user. */
  readonly own?: boolean;
  /** Shown instead of the time while the message is pending. */
  readonly state?: string;
  /** Rendered below the text. */
  readonly children?: ReactNode;
}

/** One message. An internal note looks clearly different from what the customer reads. */
export function MessageCard({
  author,
  body,
  staff = false,
  visibility = "public",
  channel,
  at,
  own = false,
  state,
  redacted = false,
  notNotified = [],
  children,
}: Props) {
  const { t } = useTranslation("tickets");
  const internal = visibility === "internal";
  return (
    <Paper
      component="article"
      aria-label={t(internal ? "message.noteBy" : "message.by", { name: author })}
      className={classes.card}
      data-internal={internal || undefined}
      data-own={own || undefined}
      data-pending={state !== undefined || undefined}
    >
      <Group gap="xs" mb={6} wrap="nowrap">
        <Avatar name={author} color="initials" size={26} radius="xl" aria-hidden />
        <Text size="sm" fw={600} truncate>
          {author}
        </Text>
        {staff && (
          <Badge size="sm" variant="light" className={classes.badge}>
            {t("message.staff")}
          </Badge>
        )}
        {internal && (
          <Badge
            size="sm"
            color="yellow"
            variant="light"
            leftSection={<IconLock size={11} aria-hidden />}
            className={classes.badge}
          >
            {t("message.internal")}
          </Badge>
        )}
        {channel === "email" && <IconMail size={14} aria-label={t("message.byMail")} />}
        <Text size="xs" c="dimmed" ml="auto" className={classes.time}>
          {state ?? (at !== undefined && <RelativeTime at={at} size="xs" />)}
        </Text>
      </Group>
      {redacted ? (
        <Text size="sm" c="dimmed" fs="italic">
          {t("message.redacted")}
        </Text>
      ) : (
        <Markdown>{body}</Markdown>
      )}
      {notNotified.length > 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          {t("message.notNotified", { names: notNotified.join(", ") })}
        </Text>
      )}
      {children}
    </Paper>
  );
}
