/**
 * Elects one tab among those that ask for the lock `name`. Browsers give the lock to the next tab when its holder is
 * closed or crashes.
 */
export class Leadership {
  readonly #name: string;
  readonly #lead: (signal: AbortSignal) => Promise<void>;

  /** `lead` runs in the elected tab, until its signal aborts because another tab took over. */
  constructor(name: string, lead: (signal: AbortSignal) => Promise<void>) {
    this.#name = name;
    this.#lead = lead;
  }

  /** Waits to be elected, and after a takeover again. Returns when `signal` aborts or `lead` returns by itself. */
  async wait(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) if (await this.#request({ signal }, signal)) return;
  }

  /** Takes over at once, from a tab that does not answer. */
  takeOver(signal: AbortSignal): void {
    void this.#request({ steal: true }, signal);
  }

  /** Leads while it holds the lock. Whether it led to the end. */
  async #request(options: LockOptions, signal: AbortSignal): Promise<boolean> {
    const term = new AbortController();
    const end = () => term.abort();
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      await navigator.locks.request(this.#name, options, () => this.#lead(term.signal));
      return true;
    } catch {
      return false; // The lock was stolen, or the wait for it aborted.
    } finally {
      end();
      signal.removeEventListener("abort", end);
    }
  }
}
