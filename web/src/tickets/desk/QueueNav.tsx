import { IconAlarm, IconInbox, IconList, IconUser, IconUserQuestion } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { RouterNavLink } from "@/ui/RouterNavLink";
import { type DeskSearch, type Queue, QUEUES } from "./search";
import classes from "./QueueNav.module.css";

const ICONS: Record<Queue, typeof IconInbox> = {
  mine: IconUser,
  unassigned: IconUserQuestion,
  open: IconInbox,
  escalated: IconAlarm,
  all: IconList,
};

export function QueueNav({ search }: { readonly search: DeskSearch }) {
  const { t } = useTranslation("desk");
  const { queue = "open" } = search;
  return (
    <ul className={classes.queues}>
      {QUEUES.map((each) => {
        const Icon = ICONS[each];
        return (
          <li key={each}>
            <RouterNavLink
              to="/desk"
              search={{ queue: each }}
              active={each === queue}
              aria-current={each === queue ? "page" : undefined}
              label={t(`queue.${each}`)}
              leftSection={<Icon size={16} aria-hidden />}
              className={classes.queue}
            />
          </li>
        );
      })}
    </ul>
  );
}
