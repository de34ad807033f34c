import { EmptyState, Text } from "@mantine/core";
import { IconMoodSmile } from "@tabler/icons-react";
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Answer } from "@/shell/Answer";
import type { Ticket } from "@/tickets/ticket/queries";
import type { DeskSearch } from "./filters";
import classes from "./TicketList.module.css";
import { TicketRow } from "./TicketRow";

const ROW = 66;
const AHEAD = 15;

interface Props {
  readonly list: UseInfiniteQueryResult;
  readonly tickets: readonly Ticket[];
  readonly selected: string | undefined;
  readonly search: DeskSearch;
}

/** The tickets of a view. Only the rows in sight exist, and further pages come before they are scrolled to. */
export function TicketList({ list, tickets, selected, search }: Props) {
  const { t } = useTranslation("desk");
  const scroller = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  // One function for as long as the list is the same: for another one all places would be computed anew.
  const keyAt = useCallback((index: number) => tickets[index]?.id ?? index, [tickets]);
  // eslint-disable-next-line react-hooks/incompatible-library -- its answers change with each scroll; nothing here is memoised
  const rows = useVirtualizer({
    count: tickets.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: keyAt,
    overscan: 8,
  });
  const inSight = rows.getVirtualItems();
  const last = inSight.at(-1)?.index ?? 0;

  useEffect(() => {
    if (last >= tickets.length - AHEAD && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, tickets.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  useEffect(() => {
    const at = tickets.findIndex(({ id }) => id === selected);
    if (at >= 0) rows.scrollToIndex(at, { align: "auto" });
    // Only when another ticket is opened: one that moves must not drag the list along.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);

  return (
    <div ref={scroller} className={classes.scroller}>
      <Answer of={list}>
        {() =>
          tickets.length === 0 ? (
            <EmptyState
              py="xl"
              px="md"
              size="sm"
              icon={<IconMoodSmile aria-hidden />}
              title={t("empty.title")}
              description={t("empty.text")}
            />
          ) : (
            <ul className={classes.rows} style={{ height: rows.getTotalSize() }}>
              {inSight.map(({ key, index, start }) => {
                const ticket = tickets[index];
                return (
                  ticket && (
                    <li
                      key={key}
                      className={classes.row}
                      style={{ transform: `translateY(${String(start)}px)`, height: ROW }}
                      aria-setsize={hasNextPage ? -1 : tickets.length}
                      aria-posinset={index + 1}
                    >
                      <TicketRow ticket={ticket} selected={ticket.id === selected} search={search} />
                    </li>
                  )
                );
              })}
            </ul>
          )
        }
      </Answer>
      {isFetchingNextPage && (
        <Text size="xs" c="dimmed" ta="center" p="xs" role="status">
          {t("more")}
        </Text>
      )}
    </div>
  );
}
