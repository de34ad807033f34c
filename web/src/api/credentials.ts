/**
 * The access token: in memory only, so that no script of another page and no disk ever holds it. It is renewed when it
 * is about to end, or when a service refuses it; whoever asks meanwhile waits for the same renewal.
 */

/** Seconds before its end from which a token is not sent any more: a request takes time too. */
const MARGIN = 20;

type Renew = () => Promise<string | null>;

let sitting = 0;
let held: { readonly token: string; readonly until: number } | null = null;
let renewing: Promise<string | null> | null = null;
let renew: Renew = () => Promise.resolve(null);

export function hold(token: string, seconds: number): void {
  held = { token, until: performance.now() + (seconds - MARGIN) * 1000 };
}

/** Whoever sat here has left. */
export function drop(): void {
  held = null;
  sitting += 1;
}

/** Tells those apart who sit here one after the other. Who logs in again after their session ran out is the same. */
export function sitter(): number {
  return sitting;
}

/** How a new token is got: by the refresh cookie, or by asking the person. Null: there is none to be had. */
export function renewBy(how: Renew): void {
  renew = how;
}

/** A token that can be sent now, or null where nobody is logged in. */
export async function present(): Promise<string | null> {
  if (held === null) return renewing;
  return held.until > performance.now() ? held.token : renewed(held.token);
}

/** The token after `refused`. Asked by many at once, it is got once. */
export async function renewed(refused: string): Promise<string | null> {
  if (held !== null && held.token !== refused) return held.token;
  renewing ??= renew().finally(() => {
    renewing = null;
  });
  return renewing;
}
