import { ActionIcon, type ElementProps, Indicator } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, type Ref, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLiveNotifications } from "../live/useLiveNotifications";
import { unreadCount } from "./queries";
import { patiently } from "@/shell/patiently";

const OpenBell = lazy(async () => ({ default: (await patiently(() => import("./OpenBell"))).OpenBell }));

/** How much is new; what it opens is fetched when it is first wanted. */
export function Bell() {
  const live = useLiveNotifications();
  const { data: { count } = { count: 0 } } = useQuery(unreadCount(live));
  const [wanted, setWanted] = useState(false);
  const button = (
    <BellButton
      count={count}
      aria-haspopup="dialog"
      onClick={() => {
        setWanted(true);
      }}
    />
  );
  return wanted ? (
    <Suspense fallback={button}>
      <OpenBell count={count} />
    </Suspense>
  ) : (
    button
  );
}

interface BellButtonProps extends ElementProps<"button", "color"> {
  readonly count: number;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** What is always to be seen of it. */
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
