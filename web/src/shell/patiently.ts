import { pause } from "./pause";

const AGAIN = 10_000;
const TRIES = 3;
const STARTED_ANEW = "helpdesk.started-anew";
const NOT_AGAIN_WITHIN = 3_600_000;

/**
 * Loads a part of the client. Where the network is away just then, the part comes once it is back. Where it is there and
 * the part still does not come, a newer release has taken its place: the page is loaded anew.
 */
export async function patiently<T>(load: () => Promise<T>): Promise<T> {
  for (let tries = 0; ;) {
    try {
      return await load();
    } catch (error) {
      if (navigator.onLine) tries += 1;
      if (tries >= TRIES) return startAnew(error);
    }
    await pause(AGAIN);
  }
}

/** What waits for the part never gets it, and ends with the page. Raises `error` where that was no help just before. */
function startAnew(error: unknown): Promise<never> {
  if (Date.now() - Number(sessionStorage.getItem(STARTED_ANEW)) < NOT_AGAIN_WITHIN) throw error;
  sessionStorage.setItem(STARTED_ANEW, String(Date.now()));
  window.location.reload();
  return new Promise(() => undefined);
}
