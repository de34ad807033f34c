import { QueryClient, type QueryKey, type QueryMeta } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { historyKey } from "@/tickets/history/queries";
import { makeTicket } from "@/tickets/ticket/makeTicket.test-support";
import {
  invalidateLists,
  type Ticket,
  ticketDetail,
  ticketKeys,
  ticketList,
  type TicketPages,
} from "@/tickets/ticket/queries";
import { applyChange, mergeIntoList, poll, polledTicketList, resetOutdatedLists } from "./polling";

const at = (minute: number) => `2026-11-03T10:0${String(minute)}:00.000Z`;
const one = makeTicket({ id: "one", number: 1, updated_at: at(2) });
const two = makeTicket({ id: "two", number: 2, updated_at: at(1) });
const list = (...items: Ticket[]) => ({ pages: [{ items, next_cursor: null }], pageParams: [null] });
const idsIn = (tickets: ReturnType<typeof mergeIntoList>) =>
  tickets.pages.flatMap(({ items }) => items.map(({ id }) => id));

describe("a visible list while tickets change", () => {
  it("gets a new ticket at the top", () => {
    const tickets = mergeIntoList(
      list(one, two),
      makeTicket({ id: "three", updated_at: at(3) }),
      { sort: "updated" },
      "me",
    );
    expect(idsIn(tickets)).toEqual(["three", "one", "two"]);
  });

  it("loses a ticket that no longer matches", () => {
    const tickets = mergeIntoList(list(one, two), { ...two, status: "closed" }, { status: ["open"] }, "me");
    expect(idsIn(tickets)).toEqual(["one"]);
  });

  it("keeps the position of its tickets, so that nothing moves under the pointer", () => {
    const tickets = mergeIntoList(list(one, two), { ...two, updated_at: at(5) }, { sort: "updated" }, "me");
    expect(idsIn(tickets)).toEqual(["one", "two"]);
  });

  it("does not insert a ticket where only the server knows order or match", () => {
    const late = makeTicket({ id: "late", updated_at: at(9) });
    expect(idsIn(mergeIntoList(list(one), late, { sort: "priority" }, "me"))).toEqual(["one"]);
    expect(idsIn(mergeIntoList(list(one), late, { q: "lamp" }, "me"))).toEqual(["one"]);
  });
});

describe("a poll", () => {
  const before = { position: 5, changed: [two], deletedIds: [] };
  const { signal } = new AbortController();
  const nothing = { items: [], deleted_ids: [], more: false };
  const asked: unknown[] = [];

  function answer(...responses: object[]) {
    vi.spyOn(api, "GET").mockImplementation(((_path: string, { params }: { params: { query: unknown } }) => {
      asked.push(params.query);
      return Promise.resolve({ data: responses.shift(), response: new Response() });
    }) as never);
  }

  afterEach(() => {
    asked.length = 0;
    vi.restoreAllMocks();
  });

  it("without news returns the previous state, so that nothing re-renders", async () => {
    answer({ ...nothing, position: 5 });
    expect(await poll(new QueryClient(), before, signal)).toBe(before);
    expect(asked).toEqual([{ after_position: 5 }]);
  });

  it("brings all changes after the position, also one that left the version as it was", async () => {
    answer(
      { items: [two], deleted_ids: [], position: 7, more: true },
      { items: [one], deleted_ids: ["three"], position: 9, more: false },
    );
    const after = await poll(new QueryClient(), before, signal);
    expect(after).toEqual({ position: 9, changed: [two, one], deletedIds: ["three"] });
    expect(asked).toEqual([{ after_position: 5 }, { after_position: 7 }]);
  });

  it("starts anew, with lists read again, where the server is behind it", async () => {
    const queryClient = new QueryClient();
    const key = [...ticketKeys.lists, {}];
    queryClient.setQueryData(key, list(one), { updatedAt: 1000 });
    answer({ ...nothing, position: 2 }, { ...nothing, position: 2 });
    expect(await poll(queryClient, before, signal)).toEqual({ position: 2, changed: [], deletedIds: [] });
    expect(queryClient.getQueryState(key)?.isInvalidated).toBe(true);
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

  it("is applied without making the list fresh and without touching other lists", () => {
    const untouched = queryClient.getQueryState(closed);
    applyChange(queryClient, { ...two, title: "Two", version: 2 }, "me");
    expect(queryClient.getQueryData<ReturnType<typeof list>>(all)?.pages[0]?.items[1]?.title).toBe("Two");
    expect(queryClient.getQueryState(all)?.dataUpdatedAt).toBe(OLD);
    expect(queryClient.getQueryState(closed)).toBe(untouched);
  });

  it("leaves an invalidated list invalidated", async () => {
    await queryClient.invalidateQueries({ queryKey: all });
    applyChange(queryClient, { ...two, version: 2 }, "me");
    expect(queryClient.getQueryCache().find({ queryKey: all })?.isStaleByTime(60_000)).toBe(true);
    expect(queryClient.getQueryState(all)?.dataUpdatedAt).toBe(0);
  });

  it("has its history refetched even if this version is known from an own change", () => {
    queryClient.setQueryData(ticketDetail("two").queryKey, { ...two, version: 2 });
    queryClient.setQueryData(historyKey("two"), { pages: [], pageParams: [] });
    applyChange(queryClient, { ...two, version: 2 }, "me");
    expect(queryClient.getQueryState(historyKey("two"))?.isInvalidated).toBe(true);
  });

  it("does not replace a newer version", () => {
    queryClient.setQueryData(all, list({ ...one, version: 3 }, two));
    applyChange(queryClient, { ...one, status: "closed", version: 2 }, "me");
    expect(queryClient.getQueryData<ReturnType<typeof list>>(all)?.pages[0]?.items[0]?.version).toBe(3);
  });
});

describe("a list of very many tickets", () => {
  const pages = (count: number): TicketPages => ({
    pages: Array.from({ length: count }, () => ({ items: [], next_cursor: "more" })),
    pageParams: Array.from({ length: count }, () => null),
  });
  let queryClient: QueryClient;

  function cacheList(
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

  it("is not refetched on each change if it is polled", async () => {
    const options = polledTicketList({ status: ["open"] });
    const long = cacheList(options, pages(200));
    const short = cacheList(polledTicketList({ status: ["closed"] }), pages(2));
    const unpolled = cacheList(ticketList({}), pages(5));
    await invalidateLists(queryClient);
    expect(long.state.isInvalidated).toBe(false);
    expect(options.refetchOnWindowFocus(long)).toBe(false);
    expect(short.state.isInvalidated).toBe(true);
    expect(options.refetchOnWindowFocus(short)).toBe(true);
    expect(unpolled.state.isInvalidated, "a list that is not polled").toBe(true);
  });

  it("is cut to its first pages after a pause in polling", async () => {
    const long = cacheList(polledTicketList({ status: ["open"] }), pages(200));
    const fresh = cacheList(polledTicketList({ status: ["closed"] }), pages(200));
    queryClient.setQueryData(fresh.queryKey, pages(200), { updatedAt: 3000 });
    await resetOutdatedLists(queryClient, 2000);
    expect((long.state.data as TicketPages).pages).toHaveLength(4);
    expect(long.state.isInvalidated).toBe(true);
    expect((fresh.state.data as TicketPages).pages).toHaveLength(200);
    expect(fresh.state.isInvalidated).toBe(false);
  });
});
