import { VisuallyHidden } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./DeskPage.module.css";
import { FilterBar } from "./FilterBar";
import { toTicketFilters } from "./filters";
import { polledTicketList, usePolledTickets } from "./polling";
import { QueueNav } from "./QueueNav";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { TicketList } from "./TicketList";
import { NoTicketSelected, TicketPane } from "./TicketPane";

/** The agents' workspace: queues, ticket list and the open ticket. */
export function DeskPage() {
  const { t } = useTranslation("desk");
  const search = useSearch({ from: "/authenticated/staff/desk" });
  const { ticketId } = useParams({ strict: false });
  const navigate = useNavigate({ from: "/desk" });
  const searchInput = useRef<HTMLInputElement>(null);
  const [shortcutsOpened, setShortcutsOpened] = useState(false);
  const list = useInfiniteQuery(polledTicketList(toTicketFilters(search)));
  const tickets = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  usePolledTickets();

  function open(id: string | undefined) {
    void navigate(
      id === undefined ? { to: "/desk", search } : { to: "/desk/$ticketId", params: { ticketId: id }, search },
    );
  }

  function moveSelection(by: 1 | -1) {
    const at = tickets.findIndex(({ id }) => id === ticketId);
    const next = at === -1 ? 0 : Math.min(Math.max(at + by, 0), tickets.length - 1);
    open(tickets[next]?.id);
  }

  useHotkeys([
    ["j", () => moveSelection(1)],
    ["k", () => moveSelection(-1)],
    ["u", () => open(undefined)],
    ["/", () => searchInput.current?.focus()],
    ["shift+?", () => setShortcutsOpened(true)],
  ]);

  return (
    <div className={classes.desk} data-open={ticketId !== undefined || undefined}>
      {ticketId === undefined && <VisuallyHidden component="h1">{t("title")}</VisuallyHidden>}
      <nav className={classes.queues} aria-label={t("queues")}>
        <QueueNav search={search} />
      </nav>
      <section className={classes.list} aria-label={t("list")}>
        <FilterBar search={search} inputRef={searchInput} onShowShortcuts={() => setShortcutsOpened(true)} />
        <TicketList list={list} tickets={tickets} selected={ticketId} search={search} />
      </section>
      <section className={classes.ticket} aria-label={t("ticket")}>
        {ticketId === undefined ? (
          <NoTicketSelected />
        ) : (
          <TicketPane key={ticketId} ticketId={ticketId} onBack={() => open(undefined)} />
        )}
      </section>
      <ShortcutsDialog opened={shortcutsOpened} onClose={() => setShortcutsOpened(false)} />
    </div>
  );
}
