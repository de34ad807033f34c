import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import * as v from "valibot";
import { currentSession, type User } from "./auth/session/session";
import { Crashed } from "./shell/Crashed";
import { NotFound } from "./shell/NotFound";
import { patiently } from "./shell/patiently";
import { AuditSearch } from "./tickets/audit/search";
import { DeskSearch } from "./tickets/desk/filters";
import { ReportSearch } from "./tickets/reports/search";

/*
 * Every address of the client. Agents' and admins' pages are fetched when they are first gone to, so that a customer's
 * browser never loads them.
 */

/** What an address cannot mean is left out, and no reason to show no page. */
const Text = v.fallback(v.optional(v.string()), undefined);
const Next = v.object({ next: Text });
const WithToken = v.object({ token: Text });

function whoIsHere(): User | null {
  const session = currentSession();
  return session.state === "active" || session.state === "expired" ? session.user : null;
}

function homeOf(user: User): "/desk" | "/tickets" {
  return user.role === "customer" ? "/tickets" : "/desk";
}

/** Whoever is logged in goes where they wanted to, or home. */
function strangersOnly({ search }: { search: { next?: string | undefined } }): void {
  const user = whoIsHere();
  if (user === null) return;
  if (isOurs(search.next)) throw redirect({ href: search.next });
  throw redirect({ to: homeOf(user) });
}

/** Anybody may have written the address that brought somebody here. */
function isOurs(next: string | undefined): next is string {
  const ours = window.location.origin;
  return next?.startsWith("/") === true && URL.parse(next, ours)?.origin === ours;
}

const root = createRootRoute({ component: Outlet, errorComponent: Crashed, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    const user = whoIsHere();
    throw redirect({ to: user === null ? "/login" : homeOf(user) });
  },
});

// Open to everybody

const open = createRoute({
  getParentRoute: () => root,
  id: "open",
  component: lazyRouteComponent(() => patiently(() => import("./shell/OpenLayout")), "OpenLayout"),
});

const logIn = createRoute({
  getParentRoute: () => open,
  path: "/login",
  validateSearch: Next,
  beforeLoad: strangersOnly,
  component: lazyRouteComponent(() => patiently(() => import("./auth/session/LogInPage")), "LogInPage"),
});

const signUp = createRoute({
  getParentRoute: () => open,
  path: "/signup",
  validateSearch: Next,
  beforeLoad: strangersOnly,
  component: lazyRouteComponent(() => patiently(() => import("./auth/account/SignUpPage")), "SignUpPage"),
});

const forgotPassword = createRoute({
  getParentRoute: () => open,
  path: "/forgot-password",
  component: lazyRouteComponent(
    () => patiently(() => import("./auth/account/ForgotPasswordPage")),
    "ForgotPasswordPage",
  ),
});

// Where links in mails lead (services/mailer: rendering/links.py)

const resetPassword = createRoute({
  getParentRoute: () => open,
  path: "/reset-password",
  validateSearch: WithToken,
  component: lazyRouteComponent(() => patiently(() => import("./auth/account/ResetPasswordPage")), "ResetPasswordPage"),
});

const verifyEmail = createRoute({
  getParentRoute: () => open,
  path: "/verify-email",
  validateSearch: WithToken,
  component: lazyRouteComponent(() => patiently(() => import("./auth/account/VerifyEmailPage")), "VerifyEmailPage"),
});

const invitation = createRoute({
  getParentRoute: () => open,
  path: "/invitation",
  validateSearch: WithToken,
  component: lazyRouteComponent(() => patiently(() => import("./auth/invitation/InvitationPage")), "InvitationPage"),
});

// For whoever is logged in

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: ({ location }) => {
    const session = currentSession();
    if (whoIsHere() === null) throw redirect({ to: "/login", search: { next: location.href } });
    // Their organisation wants a second factor first, and nothing else works before.
    if (session.state === "active" && session.mfaSetupRequired && location.pathname !== "/account/security") {
      throw redirect({ to: "/account/security" });
    }
  },
  component: lazyRouteComponent(() => patiently(() => import("./shell/AppLayout")), "AppLayout"),
});

const tickets = createRoute({
  getParentRoute: () => inside,
  path: "/tickets",
  validateSearch: v.object({ show: v.fallback(v.optional(v.picklist(["open", "done"])), undefined) }),
  beforeLoad: () => {
    if (whoIsHere()?.role !== "customer") throw redirect({ to: "/desk" });
  },
  component: lazyRouteComponent(() => patiently(() => import("./tickets/ticket/MyTicketsPage")), "MyTicketsPage"),
});

const newTicket = createRoute({
  getParentRoute: () => inside,
  path: "/tickets/new",
  component: lazyRouteComponent(() => patiently(() => import("./tickets/ticket/NewTicketPage")), "NewTicketPage"),
});

/** What links in mails lead to. */
const ticket = createRoute({
  getParentRoute: () => inside,
  path: "/tickets/$ticketId",
  beforeLoad: ({ params }) => {
    if (whoIsHere()?.role !== "customer") throw redirect({ to: "/desk/$ticketId", params });
  },
  component: lazyRouteComponent(() => patiently(() => import("./tickets/ticket/TicketPage")), "TicketPage"),
});

const inbox = createRoute({
  getParentRoute: () => inside,
  path: "/inbox",
  component: lazyRouteComponent(() => patiently(() => import("./notifications/inbox/InboxPage")), "InboxPage"),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  component: lazyRouteComponent(() => patiently(() => import("./auth/account/AccountPage")), "AccountPage"),
});

const accountParts = [
  createRoute({
    getParentRoute: () => account,
    path: "/",
    component: lazyRouteComponent(() => patiently(() => import("./auth/account/ProfilePart")), "ProfilePart"),
  }),
  createRoute({
    getParentRoute: () => account,
    path: "/security",
    component: lazyRouteComponent(() => patiently(() => import("./auth/account/SecurityPart")), "SecurityPart"),
  }),
  createRoute({
    getParentRoute: () => account,
    path: "/sessions",
    component: lazyRouteComponent(() => patiently(() => import("./auth/session/SessionsPart")), "SessionsPart"),
  }),
  createRoute({
    getParentRoute: () => account,
    path: "/notifications",
    component: lazyRouteComponent(
      () => patiently(() => import("./notifications/preferences/PreferencesPart")),
      "PreferencesPart",
    ),
  }),
] as const;

// For agents and admins

const staff = createRoute({
  getParentRoute: () => inside,
  id: "staff",
  beforeLoad: () => {
    if (whoIsHere()?.role === "customer") throw redirect({ to: "/tickets" });
  },
});

const desk = createRoute({
  getParentRoute: () => staff,
  path: "/desk",
  validateSearch: DeskSearch,
  component: lazyRouteComponent(() => patiently(() => import("./tickets/desk/DeskPage")), "DeskPage"),
});

const deskTicket = createRoute({ getParentRoute: () => desk, path: "$ticketId" });

const reports = createRoute({
  getParentRoute: () => staff,
  path: "/reports",
  validateSearch: ReportSearch,
  component: lazyRouteComponent(() => patiently(() => import("./tickets/reports/ReportsPage")), "ReportsPage"),
});

// For admins

const admin = createRoute({
  getParentRoute: () => staff,
  path: "/admin",
  beforeLoad: () => {
    if (whoIsHere()?.role !== "admin") throw redirect({ to: "/desk" });
  },
  component: lazyRouteComponent(() => patiently(() => import("./admin/AdminLayout")), "AdminLayout"),
});

const adminParts = [
  createRoute({
    getParentRoute: () => admin,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/admin/people" });
    },
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/people",
    component: lazyRouteComponent(() => patiently(() => import("./auth/user/PeoplePage")), "PeoplePage"),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/organisation",
    component: lazyRouteComponent(
      () => patiently(() => import("./auth/organisation/OrganisationPage")),
      "OrganisationPage",
    ),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/audit",
    validateSearch: AuditSearch,
    component: lazyRouteComponent(() => patiently(() => import("./tickets/audit/AuditPage")), "AuditPage"),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/mail",
    component: lazyRouteComponent(() => patiently(() => import("./mailer/outbox/OutboxPage")), "OutboxPage"),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/suppressions",
    component: lazyRouteComponent(
      () => patiently(() => import("./mailer/suppressions/SuppressionsPage")),
      "SuppressionsPage",
    ),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/dead-letters",
    component: lazyRouteComponent(() => patiently(() => import("./dead_letters/DeadLettersPage")), "DeadLettersPage"),
  }),
] as const;

/** Only addresses of our own: a link must not lead elsewhere after a log-in. */
export const routeTree = root.addChildren([
  home,
  open.addChildren([logIn, signUp, forgotPassword, resetPassword, verifyEmail, invitation]),
  inside.addChildren([
    tickets,
    newTicket,
    ticket,
    inbox,
    account.addChildren([...accountParts]),
    staff.addChildren([desk.addChildren([deskTicket]), reports, admin.addChildren([...adminParts])]),
  ]),
]);
