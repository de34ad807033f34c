import { ActionIcon, Button, EmptyState, Group, Text } from "@mantine/core";
import { IconBellOff, IconMail, IconMailOpened } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { AnchorLink, UnstyledLink } from "@/ui/links";
import { QueryResult } from "@/ui/QueryResult";
import { RelativeTime } from "@/ui/RelativeTime";
import { useMarkAllRead, useMarkNotification } from "./commands";
import classes from "./Inbox.module.css";
import { inbox, type Notification } from "./queries";
import { useNotificationText } from "./useNotificationText";

interface Props {
  /** Called when the user follows a notification. */
  readonly onNavigate?: () => void;
  /** Only the newest, for the popover. */
  readonly compact?: boolean;
}

/** Notifications, unread first, then newest first. */
export function Inbox({ onNavigate, compact = false }: Props) {
  const { t } = useTranslation("notifications");
  const query = useInfiniteQuery(inbox(true));
  const markAll = useMarkAllRead();
  return (
    <section aria-label={t("title")}>
      <Group justify={compact ? "space-between" : "flex-end"} p="xs" className={classes.header}>
        {compact && (
          <Text size="sm" fw={600}>
            {t("title")}
          </Text>
        )}
        <Button size="compact-xs" variant="subtle" onClick={() => markAll.mutate()}>
          {t("readAll")}
        </Button>
      </Group>
      <div className={classes.scroller} data-compact={compact || undefined}>
        <QueryResult query={query}>
          {({ pages }) => {
            const all = pages.flatMap((page) => page.items);
            if (all.length === 0) {
              return <EmptyState py="xl" size="sm" icon={<IconBellOff aria-hidden />} title={t("empty")} />;
            }
            return (
              <ul className={classes.list}>
                {(compact ? all.slice(0, 15) : all).map((notification) => (
                  <NotificationItem key={notification.id} notification={notification} onNavigate={onNavigate} />
                ))}
              </ul>
            );
          }}
        </QueryResult>
      </div>
      <Group justify="center" p="xs">
        {compact ? (
          <AnchorLink to="/inbox" size="sm" onClick={onNavigate}>
            {t("all")}
          </AnchorLink>
        ) : (
          query.hasNextPage && (
            <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t("more")}
            </Button>
          )
        )}
      </Group>
    </section>
  );
}

function NotificationItem({
  notification,
  onNavigate,
}: { readonly notification: Notification } & Pick<Props, "onNavigate">) {
  const { t } = useTranslation("notifications");
  const notificationText = useNotificationText();
  const mark = useMarkNotification();
  const unread = mark.isPending ? !mark.variables.read : notification.read_at === null;
  function follow() {
    if (unread) mark.mutate({ id: notification.id, read: true });
    onNavigate?.();
  }

  const content = (
    <>
      <Text size="sm" fw={unread ? 600 : 400}>
        {notificationText(notification)}
      </Text>
      {notification.ticket_count === null && (
        <Text size="xs" c="dimmed" lineClamp={2} dir="auto">
          {notification.title}
        </Text>
      )}
      <RelativeTime at={notification.created_at} size="xs" c="dimmed" />
    </>
  );
  return (
    <li className={classes.item} data-unread={unread || undefined}>
      {notification.ticket_id !== null ? (
        <UnstyledLink
          to="/tickets/$ticketId"
          params={{ ticketId: notification.ticket_id }}
          className={classes.content}
          onClick={follow}
        >
          {content}
        </UnstyledLink>
      ) : notification.kind === "tickets_unassigned" ? (
        <UnstyledLink to="/desk" search={{ queue: "unassigned" }} className={classes.content} onClick={follow}>
          {content}
        </UnstyledLink>
      ) : (
        <div className={classes.content}>{content}</div>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={unread ? t("markRead") : t("markUnread")}
        onClick={() => mark.mutate({ id: notification.id, read: unread })}
      >
        {unread ? <IconMailOpened size={16} aria-hidden /> : <IconMail size={16} aria-hidden />}
      </ActionIcon>
    </li>
  );
}
