/**
 * The access token is kept in memory only, so that no other page's script and no disk holds it. It is refreshed
 * shortly before it expires or when a service rejects it; concurrent callers share one refresh.
 */

/** A token is not sent within this many seconds of its expiry, because the request takes time too. */
const EXPIRY_MARGIN_SECONDS = 20;

type TokenRefresher = () => Promise<string | null>;

let epoch = 0;
let current: { readonly token: string; readonly expiresAt: number } | null = null;
let refreshing: Promise<string | null> | null = null;
let refresh: TokenRefresher = () => Promise.resolve(null);

export function setAccessToken(token: string, seconds: number): void {
  current = { token, expiresAt: performance.now() + (seconds - EXPIRY_MARGIN_SECONDS) * 1000 };
}

export function clearAccessToken(): void {
  current = null;
  epoch += 1;
}

/**
 * Increases with each login of a possibly different person. Logging in again after an expired session keeps the
 * epoch.
 */
export function sessionEpoch(): number {
  return epoch;
}

/**
 * Sets how a new token is obtained: with the refresh cookie or by asking the user. It returns null if neither works.
 */
export function setTokenRefresher(refresher: TokenRefresher): void {
  refresh = refresher;
}

/** A valid token, or null when nobody is logged in. */
export async function getAccessToken(): Promise<string | null> {
  if (current === null) return refreshing;
  return current.expiresAt > performance.now() ? current.token : refreshAccessToken(current.token);
}

/** The token that replaces `rejected`. Concurrent calls share one refresh. */
export async function refreshAccessToken(rejected: string): Promise<string | null> {
  if (current !== null && current.token !== rejected) return current.token;
  refreshing ??= refresh().finally(() => {
    refreshing = null;
  });
  return refreshing;
}
