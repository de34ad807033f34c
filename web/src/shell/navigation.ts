import type { User } from "@/auth/session/session";

export interface NavigationItem {
  readonly to: "/tickets" | "/tickets/new" | "/desk" | "/reports" | "/admin";
  readonly label: `navigation.${"tickets" | "newTicket" | "desk" | "reports" | "admin"}`;
  readonly exact?: boolean;
}

const CUSTOMER: readonly NavigationItem[] = [
  { to: "/tickets", label: "navigation.tickets", exact: true },
  { to: "/tickets/new", label: "navigation.newTicket" },
];

const AGENT: readonly NavigationItem[] = [
  { to: "/desk", label: "navigation.desk" },
  { to: "/tickets/new", label: "navigation.newTicket" },
  { to: "/reports", label: "navigation.reports" },
];

const ADMIN: readonly NavigationItem[] = [...AGENT, { to: "/admin", label: "navigation.admin" }];

export function navigationItems(role: User["role"]): readonly NavigationItem[] {
  if (role === "customer") return CUSTOMER;
  return role === "admin" ? ADMIN : AGENT;
}
