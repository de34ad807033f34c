import type { TFunction } from "i18next";
import type { Schemas } from "@/api/client";
import { keysOf } from "@/api/keysOf";
import type { Ticket } from "./queries";

/** A change of a ticket: fields of its PATCH request, or the assignee, who has an endpoint of their own. */
export type Change = Schemas["TicketChange"] | { readonly assignee: Schemas["PersonRefView"] | null };

export type Field = keyof Schemas["TicketChange"] | "assignee";

/** The fields that people change, in display order. */
export const FIELDS = keysOf<Field>({
  title: true,
  description: true,
  status: true,
  priority: true,
  category: true,
  tags: true,
  assignee: true,
});

export function changedFields(change: Change): Field[] {
  return FIELDS.filter((field) => field in change);
}

/** The value of a field as plain text, for comparison. */
export function fieldText(ticket: Ticket, field: Field): string {
  const value = ticket[field];
  if (value === null) return "";
  if (typeof value === "string") return value;
  return "name" in value ? value.name : value.join(", ");
}

/** The value of a field for display. Statuses and priorities are translated. */
export function formatFieldValue(field: Field, value: unknown, t: TFunction<"tickets">): string {
  if (value === null || value === undefined || value === "") return t("none");
  if (Array.isArray(value)) return value.join(", ") || t("none");
  if (typeof value === "object" && "name" in value) return String(value.name);
  if (typeof value !== "string") return JSON.stringify(value);
  return field === "status" || field === "priority" ? t(`${field}.${value}` as "status.new") : value;
}
