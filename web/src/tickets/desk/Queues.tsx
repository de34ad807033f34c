import { IconAlarm, IconInbox, IconList, IconUser, IconUserQuestion } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { NavLinkTo } from "@/shell/NavLinkTo";
import { type DeskSearch, QUEUES, type Queue } from "./filters";
import classes from "./Queues.module.css";

const ICONS: Record<Queue, typeof IconInbox> = {
  mine: IconUser,
  unassigned: IconUserQuestion,
  open: IconInbox,
  escalated: IconAlarm,
  all: IconList,
};

/** The views one works from. */
export function Queues({ search }: { readonly search: DeskSearch }) {
  const { t } = useTranslation("desk");
  const { queue = "open" } = search;
  return (
    <ul className={classes.queues}>
      {QUEUES.map((each) => {
        const Icon = ICONS[each];
        return (
          <li key={each}>
            <NavLinkTo
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
