import { QueryClient, type QueryKey, type QueryMeta } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { historyKey } from "../history/queries";
import { oneTicket, readListsAgain, type Ticket, ticketKeys, ticketList, type TicketPages } from "../ticket/queries";
import { aTicket } from "../tickets.test-support";
import { liveTicketList, readOlderListsAgain, seenAfter, show, withTicket } from "./live";

const at = (minute: number) => `2026-11-03T10:0${String(minute)}:00.000Z`;
const one = aTicket({ id: "one", number: 1, updated_at: at(2) });
const two = aTicket({ id: "two", number: 2, updated_at: at(1) });
const list = (...items: Ticket[]) => ({ pages: [{ items, next_cursor: null }], pageParams: [null] });
const idsIn = (found: ReturnType<typeof withTicket>) => found.pages.flatMap(({ items }) => items.map(({ id }) => id));

describe("a list that is looked at while tickets change", () => {
  it("takes a new ticket in at the top", () => {
    const found = withTicket(list(one, two), aTicket({ id: "three", updated_at: at(3) }), { sort: "updated" }, "me");
    expect(idsIn(found)).toEqual(["three", "one", "two"]);
  });

  it("lets a ticket go that belongs there no more", () => {
    const found = withTicket(list(one, two), { ...two, status: "closed" }, { status: ["open"] }, "me");
    expect(idsIn(found)).toEqual(["one"]);
  });

  it("leaves what is there where it is: nothing jumps away below a finger", () => {
    const found = withTicket(list(one, two), { ...two, updated_at: at(5) }, { sort: "updated" }, "me");
    expect(idsIn(found)).toEqual(["one", "two"]);
  });

  it("does not guess where the order or the words decide", () => {
    const late = aTicket({ id: "late", updated_at: at(9) });
    expect(idsIn(withTicket(list(one), late, { sort: "priority" }, "me"))).toEqual(["one"]);
    expect(idsIn(withTicket(list(one), late, { q: "lamp" }, "me"))).toEqual(["one"]);
  });
});

describe("a look", () => {
  const before = { until: at(2), found: [two, one], changed: [two] };

  it("that finds what the one before found is that one: nothing is drawn anew", () => {
    expect(seenAfter(before, [one])).toBe(before);
  });

  it("tells of another version, and of what changed at the same moment", () => {
    const again = { ...one, version: 2 };
    const other = aTicket({ id: "three", updated_at: at(2) });
    const seen = seenAfter(before, [again, other]);
    expect(seen.changed).toEqual([again, other]);
    expect(seenAfter(seen, [again, other])).toBe(seen);
  });

  it("goes on from the last change", () => {
    expect(seenAfter(before, [one, { ...two, version: 2, updated_at: at(4) }]).until).toBe(at(4));
  });
});

describe("a ticket that changed", () => {
  const OLD = 1000;
  const all = [...ticketKeys.lists, {}];
  const closed = [...ticketKeys.lists, { status: ["closed"] }];
  let queryClient: QueryClient;

  beforeEach(() => {
    queryClient = new QueryClient();
    queryClient.setQueryData(all, list(one, two), { updatedAt: OLD });
    queryClient.setQueryData(closed, list(), { updatedAt: OLD });
  });

  it("is taken up without making the list fresh, and leaves other lists alone", () => {
    const untouched = queryClient.getQueryState(closed);
    show(queryClient, { ...two, title: "Two", version: 2 }, "me");
    expect(queryClient.getQueryData<ReturnType<typeof list>>(all)?.pages[0]?.items[1]?.title).toBe("Two");
    expect(queryClient.getQueryState(all)?.dataUpdatedAt).toBe(OLD);
    expect(queryClient.getQueryState(closed)).toBe(untouched);
  });

  it("leaves a list that has to be read again one that has to be", async () => {
    await queryClient.invalidateQueries({ queryKey: all });
    show(queryClient, { ...two, version: 2 }, "me");
    expect(queryClient.getQueryCache().find({ queryKey: all })?.isStaleByTime(60_000)).toBe(true);
    expect(queryClient.getQueryState(all)?.dataUpdatedAt).toBe(0);
  });

  it("has its history read again also where this version of it is known by one's own change", () => {
    queryClient.setQueryData(oneTicket("two").queryKey, { ...two, version: 2 });
    queryClient.setQueryData(historyKey("two"), { pages: [], pageParams: [] });
    show(queryClient, { ...two, version: 2 }, "me");
    expect(queryClient.getQueryState(historyKey("two"))?.isInvalidated).toBe(true);
  });

  it("does not overtake a newer one", () => {
    queryClient.setQueryData(all, list({ ...one, version: 3 }, two));
    show(queryClient, { ...one, status: "closed", version: 2 }, "me");
    expect(queryClient.getQueryData<ReturnType<typeof list>>(all)?.pages[0]?.items[0]?.version).toBe(3);
  });
});

describe("a list of very many tickets", () => {
  const pages = (count: number): TicketPages => ({
    pages: Array.from({ length: count }, () => ({ items: [], next_cursor: "more" })),
    pageParams: Array.from({ length: count }, () => null),
  });
  let queryClient: QueryClient;

  function kept(
    { queryKey, meta = {} }: { readonly queryKey: QueryKey; readonly meta?: QueryMeta },
    list: TicketPages,
  ) {
    const query = queryClient.getQueryCache().build(queryClient, { queryKey: [...queryKey], meta });
    queryClient.setQueryData(queryKey, list, { updatedAt: 1000 });
    return query;
  }

  beforeEach(() => {
    queryClient = new QueryClient();
  });

  it("is not read again page by page for each change, since the desk hears of them", async () => {
    const options = liveTicketList({ status: ["open"] });
    const long = kept(options, pages(200));
    const short = kept(liveTicketList({ status: ["closed"] }), pages(2));
    const ofACustomer = kept(ticketList({}), pages(5));
    await readListsAgain(queryClient);
    expect(long.state.isInvalidated).toBe(false);
    expect(options.refetchOnWindowFocus(long)).toBe(false);
    expect(short.state.isInvalidated).toBe(true);
    expect(options.refetchOnWindowFocus(short)).toBe(true);
    expect(ofACustomer.state.isInvalidated, "who does not hear of changes any other way").toBe(true);
  });

  it("begins anew after a time in which nobody listened", async () => {
    const long = kept(liveTicketList({ status: ["open"] }), pages(200));
    const fresh = kept(liveTicketList({ status: ["closed"] }), pages(200));
    queryClient.setQueryData(fresh.queryKey, pages(200), { updatedAt: 3000 });
    await readOlderListsAgain(queryClient, 2000);
    expect((long.state.data as TicketPages).pages).toHaveLength(4);
    expect(long.state.isInvalidated).toBe(true);
    expect((fresh.state.data as TicketPages).pages).toHaveLength(200);
    expect(fresh.state.isInvalidated).toBe(false);
  });
});
