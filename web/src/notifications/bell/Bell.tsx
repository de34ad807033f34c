import { ActionIcon, type ElementProps, Indicator } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type Ref, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { unreadCount } from "@/notifications/inbox/queries";
import { useLiveNotifications } from "@/notifications/live/useLiveNotifications";
import { lazyComponent } from "@/ui/lazyComponent";

const BellPopover = lazyComponent(() => import("./BellPopover"), "BellPopover");

/** Unread count. The popover is loaded on the first click. */
export function Bell() {
  const { hasToPoll, shareUnreadCount } = useLiveNotifications();
  const { data, dataUpdatedAt } = useQuery(unreadCount(hasToPoll));
  const count = data?.count ?? 0;
  const [opened, setOpened] = useState(false);
  const updatedBeforePolling = useRef(0);
  useEffect(() => {
    if (!hasToPoll) updatedBeforePolling.current = dataUpdatedAt;
    else if (dataUpdatedAt > updatedBeforePolling.current) shareUnreadCount(count);
  }, [hasToPoll, shareUnreadCount, count, dataUpdatedAt]);
  const button = <BellButton count={count} aria-haspopup="dialog" onClick={() => setOpened(true)} />;
  return opened ? (
    <Suspense fallback={button}>
      <BellPopover count={count} />
    </Suspense>
  ) : (
    button
  );
}

interface BellButtonProps extends ElementProps<"button", "color"> {
  readonly count: number;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function BellButton({ count, ...button }: BellButtonProps) {
  const { t } = useTranslation("notifications");
  return (
    <Indicator label={count} maxValue={99} showZero={false} size={16} offset={6} disabled={count === 0} color="red.8">
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("bell", { count })} {...button}>
        <IconBell size={20} aria-hidden />
      </ActionIcon>
    </Indicator>
  );
}
