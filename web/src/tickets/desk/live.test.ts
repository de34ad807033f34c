import { describe, expect, it } from "vitest";
import type { Ticket } from "../ticket/queries";
import { aTicket } from "../tickets.test-support";
import { withTicket } from "./live";

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
