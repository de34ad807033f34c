import { ActionIcon, Button, EmptyState, Group, Text } from "@mantine/core";
import { IconBellOff, IconMail, IconMailOpened } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Answer } from "@/shell/Answer";
import { AnchorLink, PlainLink } from "@/shell/links";
import { Moment } from "@/shell/Moment";
import { useMark, useMarkAllRead } from "./commands";
import classes from "./Inbox.module.css";
import { inbox, type Notification } from "./queries";
import { useSentence } from "./sentences";

interface Props {
  /** Somebody followed one of them. */
  readonly onGone?: () => void;
  /** Below the bell: not all of it. */
  readonly short?: boolean;
}

/** What one was told, newest first, what is new before the rest. */
export function Inbox({ onGone, short = false }: Props) {
  const { t } = useTranslation("notifications");
  const found = useInfiniteQuery(inbox(true));
  const markAll = useMarkAllRead();
  return (
    <section aria-label={t("title")}>
      <Group justify={short ? "space-between" : "flex-end"} p="xs" className={classes.head}>
        {short && (
          <Text size="sm" fw={600}>
            {t("title")}
          </Text>
        )}
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            markAll.mutate();
          }}
        >
          {t("readAll")}
        </Button>
      </Group>
      <div className={classes.scroller} data-short={short || undefined}>
        <Answer of={found}>
          {({ pages }) => {
            const all = pages.flatMap((page) => page.items);
            if (all.length === 0) {
              return <EmptyState py="xl" size="sm" icon={<IconBellOff aria-hidden />} title={t("empty")} />;
            }
            return (
              <ul className={classes.list}>
                {(short ? all.slice(0, 15) : all).map((notification) => (
                  <OneNotification key={notification.id} notification={notification} onGone={onGone} />
                ))}
              </ul>
            );
          }}
        </Answer>
      </div>
      <Group justify="center" p="xs">
        {short ? (
          <AnchorLink to="/inbox" size="sm" onClick={onGone}>
            {t("all")}
          </AnchorLink>
        ) : (
          found.hasNextPage && (
            <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {t("more")}
            </Button>
          )
        )}
      </Group>
    </section>
  );
}

function OneNotification({ notification, onGone }: { readonly notification: Notification } & Pick<Props, "onGone">) {
  const { t } = useTranslation("notifications");
  const sentence = useSentence();
  const mark = useMark();
  const unread = mark.isPending ? !mark.variables.read : notification.read_at === null;
  const words = (
    <>
      <Text size="sm" fw={unread ? 600 : 400}>
        {sentence(notification)}
      </Text>
      <Text size="xs" c="dimmed" lineClamp={2}>
        {notification.title}
      </Text>
      <Moment at={notification.created_at} size="xs" c="dimmed" />
    </>
  );
  return (
    <li className={classes.one} data-unread={unread || undefined}>
      {notification.ticket_id === null ? (
        <div className={classes.words}>{words}</div>
      ) : (
        <PlainLink
          to="/tickets/$ticketId"
          params={{ ticketId: notification.ticket_id }}
          className={classes.words}
          onClick={() => {
            if (unread) mark.mutate({ id: notification.id, read: true });
            onGone?.();
          }}
        >
          {words}
        </PlainLink>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={unread ? t("markRead") : t("markUnread")}
        onClick={() => {
          mark.mutate({ id: notification.id, read: unread });
        }}
      >
        {unread ? <IconMailOpened size={16} aria-hidden /> : <IconMail size={16} aria-hidden />}
      </ActionIcon>
    </li>
  );
}
