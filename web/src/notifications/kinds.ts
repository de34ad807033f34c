import type { Schemas } from "@/api/client";

export type Kind = Schemas["NotificationView"]["kind"];

/** Kinds of the API that no event causes yet. They have no texts and no preferences. */
type UnusedKind = "sla_warned" | "sla_breached" | "merged";
export type UsedKind = Exclude<Kind, UnusedKind>;

const IS_USED: Record<UsedKind, true> & Record<UnusedKind, false> = {
  welcome: true,
  verify_email: true,
  password_reset: true,
  password_changed: true,
  new_sign_in: true,
  invitation: true,
  ticket_created: true,
  assigned: true,
  unassigned: true,
  status_changed: true,
  replied: true,
  noted: true,
  mentioned: true,
  escalated: true,
  sla_warned: false,
  sla_breached: false,
  merged: false,
};

export function isUsedKind(kind: Kind): kind is UsedKind {
  return IS_USED[kind];
}
