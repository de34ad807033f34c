/** Web Locks and broadcast channels as the tabs of one browser share them, and the streams that they open. */
import { vi } from "vitest";
import { api } from "@/api/client";

type Granted = (lock: null) => unknown;

interface Request {
  readonly callback: Granted;
  readonly settle: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The locks of a browser. Each name is one queue, of which the first request holds the lock. */
export class FakeLocks {
  readonly #queues = new Map<string, Request[]>();

  /** Another tab gets the lock, whose scripts do not run: it neither answers nor gives it back. */
  takenByHungTab(name: string): void {
    void this.request(name, { steal: true }, () => new Promise(() => undefined)).catch(() => undefined);
  }

  request(name: string, { signal, steal }: LockOptions, callback: Granted): Promise<unknown> {
    return new Promise((settle, reject) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      const request = { callback, settle, reject };
      if (steal === true) {
        queue.shift()?.reject(new DOMException("stolen", "AbortError"));
        queue.unshift(request);
        this.#grant(queue);
        return;
      }
      queue.push(request);
      signal?.addEventListener("abort", () => {
        if (queue.indexOf(request) > 0) {
          queue.splice(queue.indexOf(request), 1);
          reject(new DOMException("aborted", "AbortError"));
        }
      });
      if (queue.length === 1) this.#grant(queue);
    });
  }

  #grant(queue: Request[]): void {
    const [holder] = queue;
    if (holder === undefined) return;
    void Promise.resolve()
      .then(() => holder.callback(null))
      .then((result) => {
        holder.settle(result);
        if (queue[0] !== holder) return; // stolen
        queue.shift();
        this.#grant(queue);
      });
  }
}

/** Delivers to all others of the same name, in order. */
export class FakeChannel extends EventTarget {
  static readonly #open = new Set<FakeChannel>();
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
    FakeChannel.#open.add(this);
  }

  postMessage(data: unknown): void {
    for (const other of FakeChannel.#open) {
      if (other === this || other.#name !== this.#name) continue;
      queueMicrotask(() => FakeChannel.#open.has(other) && other.dispatchEvent(new MessageEvent("message", { data })));
    }
  }

  close(): void {
    FakeChannel.#open.delete(this);
  }
}

/** A connection of the notification stream, as the server sees it. */
export interface FakeStream {
  readonly lastEventId: number | undefined;
  readonly closed: () => boolean;
  readonly send: (event: string, id: number, data?: object) => void;
  readonly fail: () => void;
}

/** Records the streams that are opened. */
export function mockStreams(): FakeStream[] {
  const opened: FakeStream[] = [];
  vi.spyOn(api, "GET").mockImplementation(((
    _path: string,
    { params, signal }: { params: { header: Record<string, number> }; signal: AbortSignal },
  ) => {
    let closed = false;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const end = () => {
          if (!closed) controller.error(new DOMException("closed", "AbortError"));
          closed = true;
        };
        signal.addEventListener("abort", end);
        opened.push({
          lastEventId: params.header["last-event-id"],
          closed: () => closed,
          send: (event, id, data = {}) => {
            const text = `id: ${String(id)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
            controller.enqueue(new TextEncoder().encode(text));
          },
          fail: end,
        });
      },
    });
    return Promise.resolve({ data: body, response: new Response() });
  }) as never);
  return opened;
}
