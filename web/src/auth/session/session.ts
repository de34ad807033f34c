import { useSyncExternalStore } from "react";
import { clearAccessToken, setAccessToken, setTokenRefresher } from "@/api/accessToken";
import { api, type Schemas, unwrap, withoutAuth } from "@/api/client";
import { isProblem } from "@/api/problem";
import { lockStorage, unlockStorage } from "@/browser/encryptedStorage";

export type User = Schemas["UserView"];
type LoggedIn = Schemas["TokenResponse"];

/**
 * The login state. `expired`: the refresh token is no longer valid; the page stays, and requests wait until the user
 * logs in again. `unreachable`: the server could not be asked yet.
 */
export type Session =
  | { readonly state: "starting" }
  | { readonly state: "unreachable" }
  | { readonly state: "anonymous" }
  | { readonly state: "active"; readonly user: User; readonly mfaSetupRequired: boolean }
  | { readonly state: "expired"; readonly user: User };

/** Messages between tabs. They never carry a token. */
type SessionMessage = { readonly type: "started"; readonly userId: string } | { readonly type: "ended" };

/**
 * Set while the refresh cookie probably exists. Scripts cannot read that cookie; the hint saves anonymous visitors a
 * pointless request.
 */
const SESSION_HINT = "helpdesk.session";

let session: Session = { state: "starting" };
let resumeRequests: ((token: string | null) => void) | null = null;
const listeners = new Set<() => void>();
const channel = new BroadcastChannel("helpdesk-session");

export function getSession(): Session {
  return session;
}

export function useSession(): Session {
  return useSyncExternalStore(onSessionChange, getSession);
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Restores the session from the refresh cookie, if there is one. */
export async function restoreSession(): Promise<void> {
  if (localStorage.getItem(SESSION_HINT) === null) {
    setSession({ state: "anonymous" });
    return;
  }
  try {
    const loggedIn = await requestRefresh();
    setSession(loggedIn === null ? { state: "anonymous" } : toActiveSession(loggedIn));
  } catch {
    setSession({ state: "unreachable" });
  }
}

/** Starts the session of a user who just logged in or signed up. */
export function startSession(loggedIn: LoggedIn): void {
  broadcast({ type: "started", userId: loggedIn.user.id });
  if (isDifferentUser(loggedIn.user.id)) {
    // Not this page: its link may be the one of an invitation, which is used now.
    window.location.replace("/");
    return;
  }
  storeLogin(loggedIn);
  setSession(toActiveSession(loggedIn));
}

/** Logs out in all tabs, even if the server cannot be reached. */
export async function logOut(): Promise<void> {
  try {
    await unwrap(api.POST("/api/v1/auth/logout", { keepalive: true }));
  } finally {
    broadcast({ type: "ended" });
    endSession();
  }
}

export function endSession(): void {
  clearAccessToken();
  lockStorage();
  localStorage.removeItem(SESSION_HINT);
  setSession({ state: "anonymous" });
  resumeRequests?.(null);
  resumeRequests = null;
}

/** Refreshes the token and with it the user's name and role. */
export async function refreshSession(): Promise<void> {
  const loggedIn = await requestRefresh();
  if (loggedIn === null) endSession();
  else setSession(toActiveSession(loggedIn));
}

function toActiveSession(loggedIn: LoggedIn): Session {
  return { state: "active", user: loggedIn.user, mfaSetupRequired: loggedIn.mfa_setup_required ?? false };
}

function storeLogin(loggedIn: LoggedIn): string {
  setAccessToken(loggedIn.access_token, loggedIn.expires_in);
  // Without the key, drafts are kept in memory alone.
  void unlockStorage(loggedIn.user.id, loggedIn.storage_key).catch(() => undefined);
  localStorage.setItem(SESSION_HINT, "1");
  resumeRequests?.(loggedIn.access_token);
  resumeRequests = null;
  return loggedIn.access_token;
}

/**
 * Uses the refresh cookie. Returns null if it is no longer valid. A lock admits one tab at a time, because each use
 * rotates the cookie.
 */
async function requestRefresh(): Promise<LoggedIn | null> {
  return navigator.locks.request("helpdesk-refresh", async () => {
    try {
      const loggedIn = await unwrap(api.POST("/api/v1/auth/refresh", withoutAuth));
      if (isDifferentUser(loggedIn.user.id)) return await reloadPage();
      storeLogin(loggedIn);
      return loggedIn;
    } catch (error) {
      if (isProblem(error, 401, 403)) return null;
      throw error;
    }
  });
}

/** Gets a new token from the cookie, else by asking the user to log in again, else null. */
async function refreshOrReauthenticate(): Promise<string | null> {
  const before = session;
  const loggedIn = await requestRefresh();
  if (loggedIn !== null) {
    setSession(toActiveSession(loggedIn));
    return loggedIn.access_token;
  }
  if (before.state !== "active") {
    endSession();
    return null;
  }
  setSession({ state: "expired", user: before.user });
  return new Promise((resolve) => {
    resumeRequests = resolve;
  });
}

/** Whether this page belongs to another user than the one who logged in. */
function isDifferentUser(userId: string): boolean {
  return (session.state === "active" || session.state === "expired") && session.user.id !== userId;
}

/** A page never continues as another user. The promise never settles, because the reload ends the page. */
function reloadPage(): Promise<never> {
  window.location.reload();
  return new Promise(() => undefined);
}

function setSession(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

function broadcast(message: SessionMessage): void {
  channel.postMessage(message);
}

function onMessage({ data }: MessageEvent<SessionMessage>): void {
  if (data.type === "ended") {
    if (session.state !== "anonymous") endSession();
  } else if (isDifferentUser(data.userId)) {
    void reloadPage();
  } else if (session.state !== "active") {
    void refreshSession().catch(() => undefined); // This tab retries on its own.
  }
}

setTokenRefresher(refreshOrReauthenticate);
channel.addEventListener("message", onMessage);
