import { VisuallyHidden } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./DeskPage.module.css";
import { filtersOf } from "./filters";
import { FilterBar } from "./FilterBar";
import { KeysHelp } from "./KeysHelp";
import { liveTicketList, useLiveDesk } from "./live";
import { Queues } from "./Queues";
import { TicketList } from "./TicketList";
import { NoTicket, TicketPane } from "./TicketPane";

/** Where agents spend their day: queues, a list, and the ticket. */
export function DeskPage() {
  const { t } = useTranslation("desk");
  const search = useSearch({ from: "/inside/staff/desk" });
  const { ticketId } = useParams({ strict: false });
  const navigate = useNavigate({ from: "/desk" });
  const find = useRef<HTMLInputElement>(null);
  const [help, setHelp] = useState(false);
  const list = useInfiniteQuery(liveTicketList(filtersOf(search)));
  const tickets = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  useLiveDesk();

  function open(id: string | undefined) {
    void navigate(
      id === undefined ? { to: "/desk", search } : { to: "/desk/$ticketId", params: { ticketId: id }, search },
    );
  }

  function step(by: 1 | -1) {
    const at = tickets.findIndex(({ id }) => id === ticketId);
    const next = at === -1 ? 0 : Math.min(Math.max(at + by, 0), tickets.length - 1);
    open(tickets[next]?.id);
  }

  useHotkeys([
    [
      "j",
      () => {
        step(1);
      },
    ],
    [
      "k",
      () => {
        step(-1);
      },
    ],
    [
      "u",
      () => {
        open(undefined);
      },
    ],
    ["/", () => find.current?.focus()],
    [
      "shift+?",
      () => {
        setHelp(true);
      },
    ],
  ]);

  return (
    <div className={classes.desk} data-open={ticketId !== undefined || undefined}>
      {ticketId === undefined && <VisuallyHidden component="h1">{t("title")}</VisuallyHidden>}
      <nav className={classes.queues} aria-label={t("queues")}>
        <Queues search={search} />
      </nav>
      <section className={classes.list} aria-label={t("list")}>
        <FilterBar
          search={search}
          inputRef={find}
          onHelp={() => {
            setHelp(true);
          }}
        />
        <TicketList list={list} tickets={tickets} selected={ticketId} search={search} />
      </section>
      <section className={classes.ticket} aria-label={t("ticket")}>
        {ticketId === undefined ? (
          <NoTicket />
        ) : (
          <TicketPane
            key={ticketId}
            ticketId={ticketId}
            onBack={() => {
              open(undefined);
            }}
          />
        )}
      </section>
      <KeysHelp
        opened={help}
        onClose={() => {
          setHelp(false);
        }}
      />
    </div>
  );
}
