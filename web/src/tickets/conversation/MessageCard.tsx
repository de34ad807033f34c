import { Avatar, Badge, Group, Paper, Text } from "@mantine/core";
import { IconLock, IconMail } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { RelativeTime } from "@/ui/RelativeTime";
import { Markdown } from "./Markdown";
import classes from "./MessageCard.module.css";

interface Props {
  readonly author: string;
  /** May be empty if there are files. */
  readonly body: string;
  /** For staff: the people whom it notified. */
  readonly notified?: readonly Schemas["PersonRefView"][] | undefined;
  /** Written by an agent or admin. */
  readonly staff?: boolean;
  readonly redacted?: boolean;
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
  notified,
  staff = false,
  visibility = "public",
  channel,
  at,
  own = false,
  state,
  redacted = false,
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
        <Text size="sm" fw={600} truncate dir="auto">
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
        body !== "" && <Markdown notified={notified}>{body}</Markdown>
      )}
      {children}
    </Paper>
  );
}
