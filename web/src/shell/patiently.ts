import { pause } from "./pause";

const AGAIN = 10_000;

/** Loads a part of the client. Where the network is away just then, the part comes once it is back. */
export async function patiently<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch {
      await pause(AGAIN);
    }
  }
}
