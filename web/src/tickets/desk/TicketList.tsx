import { EmptyState, Text } from "@mantine/core";
import { IconMoodSmile } from "@tabler/icons-react";
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Ticket } from "@/tickets/ticket/queries";
import { QueryResult } from "@/ui/QueryResult";
import type { DeskSearch } from "./search";
import classes from "./TicketList.module.css";
import { TicketRow } from "./TicketRow";

const ROW_HEIGHT = 66;
const PREFETCH_ROWS = 15;

interface Props {
  readonly list: UseInfiniteQueryResult;
  readonly tickets: readonly Ticket[];
  readonly selected: string | undefined;
  readonly search: DeskSearch;
}

/** A virtualised list: only visible rows are rendered, and the next page is loaded before the user reaches it. */
export function TicketList({ list, tickets, selected, search }: Props) {
  const { t } = useTranslation("desk");
  const scroller = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  // A new function would make the virtualiser measure all rows again.
  const keyAt = useCallback((index: number) => tickets[index]?.id ?? index, [tickets]);
  // eslint-disable-next-line react-hooks/incompatible-library -- its results change on scroll, and nothing here is memoised
  const rows = useVirtualizer({
    count: tickets.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: keyAt,
    overscan: 8,
  });
  const visibleRows = rows.getVirtualItems();
  const last = visibleRows.at(-1)?.index ?? 0;

  useEffect(() => {
    if (last >= tickets.length - PREFETCH_ROWS && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, tickets.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  useEffect(() => {
    const at = tickets.findIndex(({ id }) => id === selected);
    if (at >= 0) rows.scrollToIndex(at, { align: "auto" });
    // Only when another ticket is opened: the list must not scroll when the open ticket moves.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);

  return (
    <div ref={scroller} className={classes.scroller}>
      <QueryResult query={list}>
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
              {visibleRows.map(({ key, index, start }) => {
                const ticket = tickets[index];
                return (
                  ticket && (
                    <li
                      key={key}
                      className={classes.row}
                      style={{ transform: `translateY(${String(start)}px)`, height: ROW_HEIGHT }}
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
      </QueryResult>
      {isFetchingNextPage && (
        <Text size="xs" c="dimmed" ta="center" p="xs" role="status">
          {t("more")}
        </Text>
      )}
    </div>
  );
}
