import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import type { ComponentType } from "react";
import * as v from "valibot";
import { getSession, type User } from "@/auth/session/session";
import { retryImport } from "@/browser/retryImport";
import { ErrorPage } from "@/shell/ErrorPage";
import { NotFoundPage } from "@/shell/NotFoundPage";
import { AuditSearch } from "@/tickets/audit/search";
import { DeskSearch } from "@/tickets/desk/search";
import { ReportSearch } from "@/tickets/reports/search";

/* All routes. The pages of agents and admins are loaded on first use, so that a customer's browser never loads them. */

/** Invalid search parameters are ignored. */
const OptionalText = v.fallback(v.optional(v.string()), undefined);
const NextSearch = v.object({ next: OptionalText });

function lazyPage<Name extends string, Module extends Readonly<Record<Name, ComponentType>>>(
  load: () => Promise<Module>,
  name: Name,
) {
  return lazyRouteComponent<Module, Name>(() => retryImport(load), name);
}

function loggedInUser(): User | null {
  const session = getSession();
  return session.state === "active" || session.state === "expired" ? session.user : null;
}

function homePath(user: User): "/desk" | "/tickets" {
  return user.role === "customer" ? "/tickets" : "/desk";
}

/** Redirects a logged-in user to the page they asked for, or home. */
function redirectIfLoggedIn({ search }: { search: { next?: string | undefined } }): void {
  const user = loggedInUser();
  if (user === null) return;
  if (isSameOrigin(search.next)) throw redirect({ href: search.next });
  throw redirect({ to: homePath(user) });
}

/** Prevents an open redirect: `next` comes from the address, which anybody may have written. */
function isSameOrigin(next: string | undefined): next is string {
  const origin = window.location.origin;
  return next?.startsWith("/") === true && URL.parse(next, origin)?.origin === origin;
}

const root = createRootRoute({ component: Outlet, errorComponent: ErrorPage, notFoundComponent: NotFoundPage });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    const user = loggedInUser();
    throw redirect({ to: user === null ? "/login" : homePath(user) });
  },
});

// Public pages

const publicRoute = createRoute({
  getParentRoute: () => root,
  id: "public",
  component: lazyPage(() => import("@/shell/PublicLayout"), "PublicLayout"),
});

const logIn = createRoute({
  getParentRoute: () => publicRoute,
  path: "/login",
  validateSearch: NextSearch,
  beforeLoad: redirectIfLoggedIn,
  component: lazyPage(() => import("@/auth/session/LoginPage"), "LoginPage"),
});

const signUp = createRoute({
  getParentRoute: () => publicRoute,
  path: "/signup",
  validateSearch: NextSearch,
  beforeLoad: redirectIfLoggedIn,
  component: lazyPage(() => import("@/auth/account/SignUpPage"), "SignUpPage"),
});

const forgotPassword = createRoute({
  getParentRoute: () => publicRoute,
  path: "/forgot-password",
  component: lazyPage(() => import("@/auth/account/ForgotPasswordPage"), "ForgotPasswordPage"),
});

// Targets of links in mails (services/mailer: rendering/links.py), whose secrets auth/linkToken.ts takes

const resetPassword = createRoute({
  getParentRoute: () => publicRoute,
  path: "/reset-password",
  component: lazyPage(() => import("@/auth/account/ResetPasswordPage"), "ResetPasswordPage"),
});

const verifyEmail = createRoute({
  getParentRoute: () => publicRoute,
  path: "/verify-email",
  component: lazyPage(() => import("@/auth/profile/VerifyEmailPage"), "VerifyEmailPage"),
});

const cancelEmailChange = createRoute({
  getParentRoute: () => publicRoute,
  path: "/cancel-email-change",
  component: lazyPage(() => import("@/auth/profile/CancelEmailChangePage"), "CancelEmailChangePage"),
});

const invitation = createRoute({
  getParentRoute: () => publicRoute,
  path: "/invitation",
  component: lazyPage(() => import("@/auth/invitation/InvitationPage"), "InvitationPage"),
});

// Pages of logged-in users

const authenticated = createRoute({
  getParentRoute: () => root,
  id: "authenticated",
  beforeLoad: ({ location }) => {
    const session = getSession();
    if (loggedInUser() === null) throw redirect({ to: "/login", search: { next: location.href } });
    // The organisation requires a second factor, and the API refuses everything else until it is set up.
    if (session.state === "active" && session.mfaSetupRequired && location.pathname !== "/account/security") {
      throw redirect({ to: "/account/security" });
    }
  },
  component: lazyPage(() => import("@/shell/AppLayout"), "AppLayout"),
});

const tickets = createRoute({
  getParentRoute: () => authenticated,
  path: "/tickets",
  validateSearch: v.object({ show: v.fallback(v.optional(v.picklist(["open", "done"])), undefined) }),
  beforeLoad: () => {
    if (loggedInUser()?.role !== "customer") throw redirect({ to: "/desk" });
  },
  component: lazyPage(() => import("@/tickets/portal/MyTicketsPage"), "MyTicketsPage"),
});

const newTicket = createRoute({
  getParentRoute: () => authenticated,
  path: "/tickets/new",
  component: lazyPage(() => import("@/tickets/portal/NewTicketPage"), "NewTicketPage"),
});

/** Links in mails lead here. */
const ticket = createRoute({
  getParentRoute: () => authenticated,
  path: "/tickets/$ticketId",
  beforeLoad: ({ params }) => {
    if (loggedInUser()?.role !== "customer") throw redirect({ to: "/desk/$ticketId", params });
  },
  component: lazyPage(() => import("@/tickets/portal/TicketPage"), "TicketPage"),
});

const inbox = createRoute({
  getParentRoute: () => authenticated,
  path: "/inbox",
  component: lazyPage(() => import("@/notifications/inbox/InboxPage"), "InboxPage"),
});

const account = createRoute({
  getParentRoute: () => authenticated,
  path: "/account",
  component: lazyPage(() => import("@/auth/account/AccountPage"), "AccountPage"),
});

const accountTabs = [
  createRoute({
    getParentRoute: () => account,
    path: "/",
    component: lazyPage(() => import("@/auth/profile/ProfileTab"), "ProfileTab"),
  }),
  createRoute({
    getParentRoute: () => account,
    path: "/security",
    component: lazyPage(() => import("@/auth/account/SecurityTab"), "SecurityTab"),
  }),
  createRoute({
    getParentRoute: () => account,
    path: "/sessions",
    component: lazyPage(() => import("@/auth/session/SessionsTab"), "SessionsTab"),
  }),
  createRoute({
    getParentRoute: () => account,
    path: "/notifications",
    component: lazyPage(() => import("@/notifications/preferences/PreferencesTab"), "PreferencesTab"),
  }),
] as const;

// Pages of agents and admins

const staff = createRoute({
  getParentRoute: () => authenticated,
  id: "staff",
  beforeLoad: () => {
    if (loggedInUser()?.role === "customer") throw redirect({ to: "/tickets" });
  },
});

const desk = createRoute({
  getParentRoute: () => staff,
  path: "/desk",
  validateSearch: DeskSearch,
  component: lazyPage(() => import("@/tickets/desk/DeskPage"), "DeskPage"),
});

const deskTicket = createRoute({ getParentRoute: () => desk, path: "$ticketId" });

const reports = createRoute({
  getParentRoute: () => staff,
  path: "/reports",
  validateSearch: ReportSearch,
  component: lazyPage(() => import("@/tickets/reports/ReportsPage"), "ReportsPage"),
});

// Pages of admins

const admin = createRoute({
  getParentRoute: () => staff,
  path: "/admin",
  beforeLoad: () => {
    if (loggedInUser()?.role !== "admin") throw redirect({ to: "/desk" });
  },
  component: lazyPage(() => import("@/admin/AdminLayout"), "AdminLayout"),
});

const adminPages = [
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
    component: lazyPage(() => import("@/auth/user/PeoplePage"), "PeoplePage"),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/organisation",
    component: lazyPage(() => import("./admin/OrganisationPage"), "OrganisationPage"),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/notifications",
    component: lazyPage(() => import("@/notifications/preferences/DefaultsPage"), "DefaultsPage"),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/audit",
    validateSearch: AuditSearch,
    component: lazyPage(() => import("@/tickets/audit/AuditPage"), "AuditPage"),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/mail",
    component: lazyPage(() => import("@/mailer/outbox/OutboxPage"), "OutboxPage"),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/suppressions",
    component: lazyPage(() => import("@/mailer/suppressions/SuppressionsPage"), "SuppressionsPage"),
  }),
  createRoute({
    getParentRoute: () => admin,
    path: "/dead-letters",
    component: lazyPage(() => import("@/dead_letters/DeadLettersPage"), "DeadLettersPage"),
  }),
] as const;

export const routeTree = root.addChildren([
  home,
  publicRoute.addChildren([logIn, signUp, forgotPassword, resetPassword, verifyEmail, cancelEmailChange, invitation]),
  authenticated.addChildren([
    tickets,
    newTicket,
    ticket,
    inbox,
    account.addChildren([...accountTabs]),
    staff.addChildren([desk.addChildren([deskTicket]), reports, admin.addChildren([...adminPages])]),
  ]),
]);
