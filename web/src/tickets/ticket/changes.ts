import type { Schemas } from "@/api/client";
import type { Ticket } from "./queries";

type Person = Schemas["Person"];

/** What somebody wants of a ticket: other fields, or another assignee, which is a thing of its own for the API. */
export type Change = Schemas["TicketChange"] | { readonly assignee: Person | null };

/** The fields that people change, in the order in which differences are told. */
export const FIELDS = ["title", "description", "status", "priority", "category", "tags", "assignee"] as const;
export type Field = (typeof FIELDS)[number];

export interface Difference {
  readonly field: Field;
  readonly before: string;
  readonly now: string;
}

/**
 * What to do with a change that was meant for an older ticket. `none`: nobody changed what people see; `apart`: others
 * changed other fields; `same`: somebody changed the very field, and only a person can say which of the two is meant.
 */
export interface Meeting {
  readonly kind: "none" | "apart" | "same";
  readonly theirs: readonly Difference[];
}

/** What differs between the ticket as it was seen and as it is now. */
export function differences(seen: Ticket, now: Ticket): Difference[] {
  return FIELDS.map((field) => ({ field, before: shown(seen, field), now: shown(now, field) })).filter(
    ({ before, now: after }) => before !== after,
  );
}

export function meet(mine: readonly Field[], seen: Ticket, now: Ticket): Meeting {
  const theirs = differences(seen, now);
  if (theirs.length === 0) return { kind: "none", theirs };
  return { kind: theirs.some(({ field }) => mine.includes(field)) ? "same" : "apart", theirs };
}

/** The fields a change touches. */
export function fieldsOf(change: Change): Field[] {
  return FIELDS.filter((field) => field in change);
}

/** Somebody changed the same field first. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
  readonly now: Ticket;
  readonly theirs: readonly Difference[];

  constructor(now: Ticket, theirs: readonly Difference[]) {
    super("Somebody changed the same field first");
    this.now = now;
    this.theirs = theirs;
  }
}

function shown(ticket: Ticket, field: Field): string {
  const value = ticket[field];
  if (value === null) return "";
  if (typeof value === "string") return value;
  return "name" in value ? value.name : value.join(", ");
}
