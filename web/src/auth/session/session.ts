import { useSyncExternalStore } from "react";
import { anonymously, answer, api, type Schemas } from "@/api/client";
import { drop, hold, renewBy } from "@/api/credentials";
import { isRefusal } from "@/api/problem";

export type User = Schemas["UserView"];
type LoggedIn = Schemas["LoggedIn"];

/**
 * Who sits here. `expired`: somebody did a moment ago, the page they work on is still there, and their requests wait
 * until they have logged in again. `unreachable`: whether somebody does cannot be told yet.
 */
export type Session =
  | { readonly state: "starting" }
  | { readonly state: "unreachable" }
  | { readonly state: "anonymous" }
  | { readonly state: "active"; readonly user: User; readonly mfaSetupRequired: boolean }
  | { readonly state: "expired"; readonly user: User };

/** What tabs tell each other. Never a token. */
type Word = { readonly said: "began"; readonly userId: string } | { readonly said: "ended" };

/** Set while the refresh cookie, which scripts cannot see, is likely there: spares strangers a pointless question. */
const HINT = "helpdesk.session";

let session: Session = { state: "starting" };
let loggedInAgain: ((token: string | null) => void) | null = null;
const listeners = new Set<() => void>();
const tabs = new BroadcastChannel("helpdesk-session");

export function currentSession(): Session {
  return session;
}

export function useSession(): Session {
  return useSyncExternalStore(onSessionChange, currentSession);
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Finds out whether somebody is logged in here already. */
export async function startSession(): Promise<void> {
  if (localStorage.getItem(HINT) === null) {
    become({ state: "anonymous" });
    return;
  }
  try {
    const found = await refresh();
    become(found === null ? { state: "anonymous" } : active(found));
  } catch {
    become({ state: "unreachable" });
  }
}

/** Somebody has logged in or signed up. */
export function beginSession(loggedIn: LoggedIn): void {
  say({ said: "began", userId: loggedIn.user.id });
  if (isSomebodyElse(loggedIn.user.id)) {
    void startAnew();
    return;
  }
  take(loggedIn);
  become(active(loggedIn));
}

/** Leaves for good, in all tabs. Not being able to tell the server is no reason to stay. */
export async function logOut(): Promise<void> {
  try {
    await answer(api.POST("/api/v1/auth/logout", { keepalive: true }));
  } finally {
    say({ said: "ended" });
    endSession();
  }
}

/** Nobody is logged in here any more. */
export function endSession(): void {
  drop();
  localStorage.removeItem(HINT);
  become({ state: "anonymous" });
  loggedInAgain?.(null);
  loggedInAgain = null;
}

/** Takes up what changed about who is logged in: a name, a role. */
export async function renewSession(): Promise<void> {
  const found = await refresh();
  if (found === null) endSession();
  else become(active(found));
}

function active(loggedIn: LoggedIn): Session {
  return { state: "active", user: loggedIn.user, mfaSetupRequired: loggedIn.mfa_setup_required ?? false };
}

function take(loggedIn: LoggedIn): string {
  hold(loggedIn.access_token, loggedIn.expires_in);
  localStorage.setItem(HINT, "1");
  loggedInAgain?.(loggedIn.access_token);
  loggedInAgain = null;
  return loggedIn.access_token;
}

/** By the cookie. Null where it is of no use any more. One tab at a time: each use replaces the cookie. */
async function refresh(): Promise<LoggedIn | null> {
  return navigator.locks.request("helpdesk-refresh", async () => {
    try {
      const loggedIn = await answer(api.POST("/api/v1/auth/refresh", anonymously));
      if (isSomebodyElse(loggedIn.user.id)) return await startAnew();
      take(loggedIn);
      return loggedIn;
    } catch (error) {
      if (isRefusal(error, 401, 403)) return null;
      throw error;
    }
  });
}

/** A token for those who wait with a refused one: by the cookie, else by the person, else none. */
async function renew(): Promise<string | null> {
  const before = session;
  const found = await refresh();
  if (found !== null) {
    become(active(found));
    return found.access_token;
  }
  if (before.state !== "active") {
    endSession();
    return null;
  }
  become({ state: "expired", user: before.user });
  return new Promise((resolve) => {
    loggedInAgain = resolve;
  });
}

/** Whether the page that is here is another person's than the one who is logged in now. */
function isSomebodyElse(userId: string): boolean {
  return (session.state === "active" || session.state === "expired") && session.user.id !== userId;
}

/** Nobody's page goes on as another person's: what it waits for is never answered, and ends with it. */
function startAnew(): Promise<never> {
  window.location.reload();
  return new Promise(() => undefined);
}

function become(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

function say(word: Word): void {
  tabs.postMessage(word);
}

function hear({ data }: MessageEvent<Word>): void {
  if (data.said === "ended") {
    if (session.state !== "anonymous") endSession();
  } else if (isSomebodyElse(data.userId)) {
    void startAnew();
  } else if (session.state !== "active") {
    void renewSession().catch(() => undefined); // that tab can reach the server; this one will ask again by itself
  }
}

renewBy(renew);
tabs.addEventListener("message", hear);
