import type { User } from "@/auth/session/session";

/** A place in the menu. */
export interface Place {
  readonly to: "/tickets" | "/tickets/new" | "/desk" | "/reports" | "/admin";
  readonly label: `places.${"tickets" | "newTicket" | "desk" | "reports" | "admin"}`;
  readonly exact?: boolean;
}

const CUSTOMER: readonly Place[] = [
  { to: "/tickets", label: "places.tickets", exact: true },
  { to: "/tickets/new", label: "places.newTicket" },
];

const AGENT: readonly Place[] = [
  { to: "/desk", label: "places.desk" },
  { to: "/tickets/new", label: "places.newTicket" },
  { to: "/reports", label: "places.reports" },
];

const ADMIN: readonly Place[] = [...AGENT, { to: "/admin", label: "places.admin" }];

/** Where somebody of this role can go. */
export function placesOf(role: User["role"]): readonly Place[] {
  if (role === "customer") return CUSTOMER;
  return role === "admin" ? ADMIN : AGENT;
}
