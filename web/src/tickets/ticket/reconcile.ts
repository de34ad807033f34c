import { type Field, FIELDS, fieldText } from "./fields";
import type { Ticket } from "./queries";

export interface FieldChange {
  readonly field: Field;
  readonly before: string;
  readonly after: string;
}

/**
 * How a local change relates to concurrent remote ones. `unchanged`: nobody changed a visible field; `disjoint`: others
 * changed other fields; `conflict`: somebody changed the same field, and the user has to decide.
 */
export interface Reconciliation {
  readonly kind: "unchanged" | "disjoint" | "conflict";
  readonly remoteChanges: readonly FieldChange[];
}

export function differences(base: Ticket, current: Ticket): FieldChange[] {
  return FIELDS.map((field) => ({ field, before: fieldText(base, field), after: fieldText(current, field) })).filter(
    ({ before, after }) => before !== after,
  );
}

export function reconcile(localFields: readonly Field[], base: Ticket, current: Ticket): Reconciliation {
  const remoteChanges = differences(base, current);
  if (remoteChanges.length === 0) return { kind: "unchanged", remoteChanges };
  const conflicts = remoteChanges.some(({ field }) => localFields.includes(field));
  return { kind: conflicts ? "conflict" : "disjoint", remoteChanges };
}

/** Somebody else changed the same field first. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
  readonly current: Ticket;
  readonly remoteChanges: readonly FieldChange[];

  constructor(current: Ticket, remoteChanges: readonly FieldChange[]) {
    super("Somebody else changed the same field first");
    this.current = current;
    this.remoteChanges = remoteChanges;
  }
}
