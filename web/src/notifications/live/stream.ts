import { EventSourceParserStream } from "eventsource-parser/stream";
import { api, unwrap } from "@/api/client";
import { LoggedOutError } from "@/api/problem";
import { waitForRetry } from "@/browser/waitForRetry";
import type { Notification } from "@/notifications/inbox/queries";

export interface StreamHandlers {
  readonly onNotification: (notification: Notification) => void;
  /** While disconnected, callers have to poll. */
  readonly onConnectionChange: (connected: boolean) => void;
}

const MIN_BACKOFF = 1000;
const MAX_BACKOFF = 30_000;
/** The server sends a heartbeat every 15 s. After twice that time the connection counts as dead. */
const HEARTBEAT_TIMEOUT = 32_000;

/**
 * Reads the notification stream until `signal` aborts. Reconnects with exponential backoff and resumes after the
 * last event id, so that no notification is missed or repeated.
 */
export async function consumeStream(handlers: StreamHandlers, signal: AbortSignal): Promise<void> {
  let lastEventId: string | undefined;
  let backoff = MIN_BACKOFF;
  while (!signal.aborted) {
    const startedAt = performance.now();
    try {
      lastEventId = await readConnection(lastEventId, handlers, signal);
    } catch (error) {
      if (error instanceof LoggedOutError) return;
    }
    handlers.onConnectionChange(false);
    backoff = performance.now() - startedAt > MAX_BACKOFF ? MIN_BACKOFF : Math.min(backoff * 2, MAX_BACKOFF);
    await waitForRetry(backoff, signal);
  }
}

/** Reads one connection until it closes. Returns the last event id. */
async function readConnection(
  resumeFrom: string | undefined,
  handlers: StreamHandlers,
  signal: AbortSignal,
): Promise<string | undefined> {
  let lastEventId = resumeFrom;
  const connection = new AbortController();
  const disconnect = () => connection.abort();
  signal.addEventListener("abort", disconnect);
  let heartbeat = setTimeout(disconnect, HEARTBEAT_TIMEOUT);
  try {
    const body = await unwrap(
      api.GET("/api/v1/notifications/stream", {
        params: { header: lastEventId === undefined ? {} : { "last-event-id": Number(lastEventId) } },
        parseAs: "stream",
        signal: connection.signal,
      }),
    );
    handlers.onConnectionChange(true);
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
      if (done) return lastEventId;
      lastEventId = value.id ?? lastEventId;
      if (value.event === "notification") handlers.onNotification(JSON.parse(value.data) as Notification);
    }
  } finally {
    clearTimeout(heartbeat);
    signal.removeEventListener("abort", disconnect);
    disconnect();
  }
}
