import { EventSourceParserStream } from "eventsource-parser/stream";
import { answer, api } from "@/api/client";
import { LoggedOut } from "@/api/problem";
import { pause } from "@/shell/pause";
import type { Notification } from "../inbox/queries";

export interface Ears {
  /** Somebody was told something. */
  readonly onNotification: (notification: Notification) => void;
  /** Whether they come by themselves now. While not, somebody has to ask. */
  readonly onLive: (live: boolean) => void;
}

const SHORTEST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** The server says something every 15 s; after twice that the connection is dead, whatever the network claims. */
const SILENCE = 32_000;

/** Listens until `signal` aborts. A lost connection is resumed where it ended, so nothing is missed or told twice. */
export async function listen(ears: Ears, signal: AbortSignal): Promise<void> {
  let position: string | undefined;
  let wait = SHORTEST_PAUSE;
  while (!signal.aborted) {
    const began = performance.now();
    try {
      position = await read(position, ears, signal);
    } catch (error) {
      if (error instanceof LoggedOut) return;
    }
    ears.onLive(false);
    wait = performance.now() - began > LONGEST_PAUSE ? SHORTEST_PAUSE : Math.min(wait * 2, LONGEST_PAUSE);
    await pause(wait, signal);
  }
}

/** One connection to its end. Answers the position read up to. */
async function read(from: string | undefined, ears: Ears, signal: AbortSignal): Promise<string | undefined> {
  let position = from;
  const given = new AbortController();
  const giveUp = () => {
    given.abort();
  };
  signal.addEventListener("abort", giveUp);
  let silence = setTimeout(giveUp, SILENCE);
  try {
    const body = await answer(
      api.GET("/api/v1/notifications/stream", {
        params: { header: position === undefined ? {} : { "last-event-id": Number(position) } },
        parseAs: "stream",
        signal: given.signal,
      }),
    );
    ears.onLive(true);
    const bytes = (body as unknown as ReadableStream<Uint8Array>).pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, onward) {
          clearTimeout(silence);
          silence = setTimeout(giveUp, SILENCE);
          onward.enqueue(chunk);
        },
      }),
    );
    const events = bytes
      .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    for (;;) {
      const { done, value } = await events.read();
      if (done) return position;
      position = value.id ?? position;
      if (value.event === "notification") ears.onNotification(JSON.parse(value.data) as Notification);
    }
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", giveUp);
    giveUp();
  }
}
