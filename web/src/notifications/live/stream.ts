import { EventSourceParserStream } from "eventsource-parser/stream";
import { api, unwrap } from "@/api/client";
import { LoggedOutError } from "@/api/problem";
import { waitForRetry } from "@/browser/waitForRetry";
import type { Notification } from "@/notifications/inbox/queries";

export interface StreamHandlers {
  /** A connection is open. Every notification after `position` follows. */
  readonly onConnected: (position: number) => void;
  readonly onNotification: (notification: Notification) => void;
  /** The connection broke, and is tried again. */
  readonly onDisconnected: () => void;
}

const MIN_BACKOFF = 1000;
const MAX_BACKOFF = 30_000;
/** The server sends a heartbeat every 15 s. After twice that time the connection counts as dead. */
const HEARTBEAT_TIMEOUT = 32_000;

/**
 * Reads the notification stream until `signal` aborts or the session ends. Each connection continues after the
 * `position` that the caller knows by then; without one it brings new notifications only. Reconnects with exponential
 * backoff.
 */
export async function consumeStream(
  position: () => number | undefined,
  handlers: StreamHandlers,
  signal: AbortSignal,
): Promise<void> {
  const isAborted = () => signal.aborted; // TypeScript takes a property that was compared for unchanged
  let backoff = MIN_BACKOFF;
  while (!isAborted()) {
    const startedAt = performance.now();
    try {
      await readConnection(position(), handlers, signal);
    } catch (error) {
      if (error instanceof LoggedOutError) return;
    }
    if (isAborted()) return;
    handlers.onDisconnected();
    backoff = performance.now() - startedAt > MAX_BACKOFF ? MIN_BACKOFF : Math.min(backoff * 2, MAX_BACKOFF);
    await waitForRetry(backoff, signal);
  }
}

/** Reads one connection until it closes. */
async function readConnection(
  position: number | undefined,
  handlers: StreamHandlers,
  signal: AbortSignal,
): Promise<void> {
  const connection = new AbortController();
  const disconnect = () => connection.abort();
  signal.addEventListener("abort", disconnect);
  let heartbeat = setTimeout(disconnect, HEARTBEAT_TIMEOUT);
  try {
    const body = await unwrap(
      api.GET("/api/v1/notifications/stream", {
        params: { header: position === undefined ? {} : { "last-event-id": position } },
        parseAs: "stream",
        signal: connection.signal,
      }),
    );
    const bytes = (body as unknown as ReadableStream<Uint8Array>).pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          clearTimeout(heartbeat);
          heartbeat = setTimeout(disconnect, HEARTBEAT_TIMEOUT);
          controller.enqueue(chunk);
        },
      }),
    );
    const events = bytes
      .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    for (;;) {
      const { done, value } = await events.read();
      if (done || signal.aborted) return;
      if (value.event === "start") handlers.onConnected(Number(value.id));
      if (value.event === "notification") handlers.onNotification(JSON.parse(value.data) as Notification);
    }
  } finally {
    clearTimeout(heartbeat);
    signal.removeEventListener("abort", disconnect);
    disconnect();
  }
}
