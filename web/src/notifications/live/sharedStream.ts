import { runWhile } from "@/browser/runWhile";
import type { Notification } from "@/notifications/inbox/queries";
import { Leadership } from "./leadership";
import { consumeStream } from "./stream";

/** What the tabs of one user tell each other. They never send a token. */
type TabMessage =
  | { readonly type: "ping" }
  | {
      readonly type: "state";
      readonly connected: boolean;
      readonly hidden: boolean;
      readonly position: number | undefined;
    }
  | { readonly type: "notification"; readonly notification: Notification }
  | { readonly type: "unread"; readonly count: number };

export interface SharedStreamHandlers {
  readonly onNotification: (notification: Notification) => void;
  /**
   * Whether notifications arrive. True also where they arrive again after some may have been missed: what is shown
   * has to be read again.
   */
  readonly onConnectionChange: (connected: boolean) => void;
  /** Whether this tab reads the stream, and has to poll while it is disconnected. */
  readonly onLeadershipChange: (leading: boolean) => void;
  /** Another tab polled. */
  readonly onUnreadCount: (count: number) => void;
}

export const PING_MILLISECONDS = 1500;
export const SILENCE_MILLISECONDS = 3000;
const MAX_SILENCE_MILLISECONDS = 60_000;

/**
 * One notification stream for all tabs of a user (docs/decisions/0048). The leader reads it and tells the others; they
 * all know the position, so that whoever leads next continues there.
 *
 * Browsers without Web Locks, which are those of pages over plain HTTP, read one stream in each visible tab.
 */
export class SharedStream {
  readonly #name: string;
  readonly #handlers: SharedStreamHandlers;
  readonly #leadership: Leadership;
  #channel: BroadcastChannel | null = null;
  #position: number | undefined;
  #connected = false;
  /** Of the term as leader. One that was stolen may end after the next one began. */
  #term: AbortSignal | null = null;
  #heardAt = 0;
  /** How long the leader may be silent. Grows with each takeover, so that a tab that hears nobody leaves others alone. */
  #patience = SILENCE_MILLISECONDS;

  constructor(userId: string, handlers: SharedStreamHandlers) {
    this.#name = `helpdesk-stream-${userId}`;
    this.#handlers = handlers;
    this.#leadership = new Leadership(this.#name, (signal) => this.#lead(signal));
  }

  /** Until `signal` aborts or the session ends. */
  async run(signal: AbortSignal): Promise<void> {
    if (!("locks" in navigator)) {
      const visible = () => document.visibilityState === "visible";
      await runWhile(visible, [[document, "visibilitychange"]], (turn) => this.#lead(turn), signal);
      return;
    }
    // A page in the back/forward cache must neither hold the lock nor be taken for a listener.
    let cached = false;
    const onPageChange = ({ type }: Event) => {
      cached = type === "pagehide";
    };
    window.addEventListener("pagehide", onPageChange);
    window.addEventListener("pageshow", onPageChange);
    const pageEvents = [
      [window, "pagehide"],
      [window, "pageshow"],
    ] as const;
    await runWhile(
      () => !cached,
      pageEvents,
      (turn) => this.#share(turn),
      signal,
    );
    window.removeEventListener("pagehide", onPageChange);
    window.removeEventListener("pageshow", onPageChange);
  }

  /** The leader tells the other tabs what it polled. */
  shareUnreadCount(count: number): void {
    if (this.#term !== null) this.#channel?.postMessage({ type: "unread", count } satisfies TabMessage);
  }

  async #share(signal: AbortSignal): Promise<void> {
    const channel = new BroadcastChannel(this.#name);
    this.#channel = channel;
    channel.addEventListener("message", ({ data }: MessageEvent<TabMessage>) => this.#receive(data, signal));
    const ping = () => {
      this.#heardAt = performance.now();
      this.#send({ type: "ping" });
    };
    const timer = setInterval(() => this.#watchLeader(signal), PING_MILLISECONDS);
    document.addEventListener("visibilitychange", ping);
    ping();
    try {
      await this.#leadership.wait(signal);
    } finally {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ping);
      this.#channel = null;
      channel.close();
      this.#setConnected(false);
    }
  }

  /** Browsers slow down the timers of hidden tabs, so only a visible one judges. */
  #watchLeader(signal: AbortSignal): void {
    if (this.#term !== null || document.visibilityState === "hidden") this.#heardAt = performance.now();
    else if (performance.now() - this.#heardAt >= this.#patience) this.#takeOver(signal);
    else this.#send({ type: "ping" });
  }

  #takeOver(signal: AbortSignal): void {
    this.#heardAt = performance.now();
    this.#patience = Math.min(this.#patience * 2, MAX_SILENCE_MILLISECONDS);
    this.#leadership.takeOver(signal);
  }

  async #lead(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#term = signal;
    this.#handlers.onLeadershipChange(true);
    const handlers = {
      onConnected: (position: number) => {
        this.#continueAt(position);
        this.#sendState();
      },
      onNotification: (notification: Notification) => {
        this.#send({ type: "notification", notification });
        this.#takeNotification(notification);
      },
      onDisconnected: () => {
        this.#setConnected(false);
        this.#sendState();
      },
    };
    try {
      await consumeStream(() => this.#position, handlers, signal);
    } finally {
      if (this.#term === signal) {
        this.#term = null;
        this.#heardAt = performance.now();
        this.#setConnected(false);
        this.#handlers.onLeadershipChange(false);
      }
    }
  }

  #receive(message: TabMessage, signal: AbortSignal): void {
    if (message.type === "ping") {
      if (this.#term !== null) this.#sendState();
      return;
    }
    if (this.#term !== null) return; // It comes from a tab that does not know yet that this one took over.
    this.#heardAt = performance.now();
    switch (message.type) {
      case "state":
        this.#patience = SILENCE_MILLISECONDS;
        if (message.connected) this.#continueAt(message.position ?? 0);
        else this.#setConnected(false);
        // A hidden tab reconnects late, because its timers are slow.
        if (!message.connected && message.hidden && document.visibilityState === "visible") this.#takeOver(signal);
        break;
      case "notification":
        this.#takeNotification(message.notification);
        break;
      case "unread":
        this.#handlers.onUnreadCount(message.count);
        break;
    }
  }

  /** The stream is connected and has reached that position, before which this tab may have missed some. */
  #continueAt(position: number): void {
    const missed = !this.#connected || position > (this.#position ?? 0);
    this.#advanceTo(position);
    this.#connected = true;
    if (missed) this.#handlers.onConnectionChange(true);
  }

  #takeNotification(notification: Notification): void {
    this.#advanceTo(notification.position);
    this.#handlers.onNotification(notification);
  }

  #advanceTo(position: number): void {
    this.#position = Math.max(position, this.#position ?? 0);
  }

  #setConnected(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    this.#handlers.onConnectionChange(connected);
  }

  #sendState(): void {
    const hidden = document.visibilityState === "hidden";
    this.#send({ type: "state", connected: this.#connected, hidden, position: this.#position });
  }

  #send(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }
}
