import { waitForRetry } from "./waitForRetry";

const RETRY_MILLISECONDS = 10_000;
const MAX_ATTEMPTS = 3;
const RELOADED_AT = "helpdesk.reloaded-at";
const RELOAD_INTERVAL_MILLISECONDS = 3_600_000;

/**
 * Retries a dynamic import: while offline until the network is back, online a few times. If it still fails, a newer
 * release has probably replaced the chunk, and the page is reloaded.
 */
export async function retryImport<T>(load: () => Promise<T>): Promise<T> {
  for (let attempts = 0; ;) {
    try {
      return await load();
    } catch (error) {
      if (navigator.onLine) attempts += 1;
      if (attempts >= MAX_ATTEMPTS) return reloadPage(error);
    }
    await waitForRetry(RETRY_MILLISECONDS);
  }
}

/** The promise never settles, because the reload ends the page. Throws `error` if a recent reload did not help. */
function reloadPage(error: unknown): Promise<never> {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < RELOAD_INTERVAL_MILLISECONDS) throw error;
  sessionStorage.setItem(RELOADED_AT, String(Date.now()));
  window.location.reload();
  return new Promise(() => undefined);
}
