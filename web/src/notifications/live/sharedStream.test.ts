import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Notification } from "@/notifications/inbox/queries";
import { FakeChannel, FakeLocks, type FakeStream, mockStreams } from "./fakeTabs.test-support";
import { SharedStream } from "./sharedStream";

const notification = (position: number) => ({ id: `n${String(position)}`, position }) as Notification;

const NAME = "helpdesk-stream-casey";

let locks: FakeLocks;
let streams: FakeStream[];
let closeAll: (() => void)[];

/** A tab of the user, which closes when `close` is called. */
function openTab(userId = "casey") {
  const received: number[] = [];
  const controller = new AbortController();
  const handlers = {
    onNotification: ({ position }: Notification) => received.push(position),
    onConnectionChange: vi.fn<(connected: boolean) => void>(),
    onLeadershipChange: vi.fn<(leading: boolean) => void>(),
    onUnreadCount: vi.fn<(count: number) => void>(),
  };
  const stream = new SharedStream(userId, handlers);
  const ended = stream.run(controller.signal);
  const close = () => controller.abort();
  closeAll.push(close);
  return { ...handlers, received, stream, ended, close };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const openStreams = () => streams.filter(({ closed }) => !closed());

/** The only stream that is open, which the server has begun at that position. */
async function startedAt(position: number): Promise<FakeStream> {
  await settle();
  const [open, ...others] = openStreams();
  if (open === undefined) throw new Error("No stream is open");
  expect(others).toEqual([]);
  open.send("start", position);
  await settle();
  return open;
}

function setVisibility(state: "visible" | "hidden") {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("BroadcastChannel", FakeChannel);
  locks = new FakeLocks();
  Object.defineProperty(navigator, "locks", { value: locks, configurable: true });
  streams = mockStreams();
  closeAll = [];
});

afterEach(async () => {
  for (const close of closeAll) close();
  await vi.advanceTimersByTimeAsync(60_000);
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the tabs of one user", () => {
  it("read one stream, and each gets what it brings", async () => {
    const tabs = [openTab(), openTab(), openTab()];
    const stream = await startedAt(6);
    stream.send("notification", 7, notification(7));
    await settle();
    expect(tabs.map(({ received }) => received)).toEqual([[7], [7], [7]]);
    expect(streams).toHaveLength(1);
  });

  it("read a stream of their own for each user", async () => {
    openTab("casey");
    openTab("robin");
    await settle();
    expect(openStreams()).toHaveLength(2);
  });

  it("continue where the closed one ended", async () => {
    const first = openTab();
    const second = openTab();
    (await startedAt(6)).send("notification", 7, notification(7));
    await settle();
    first.close();
    const stream = await startedAt(7);
    stream.send("notification", 8, notification(8));
    await settle();
    expect(stream.lastEventId).toBe(7);
    expect(second.received).toEqual([7, 8]);
  });

  it("know the position that the stream began with, before anything has arrived", async () => {
    const first = openTab();
    openTab();
    await startedAt(6);
    first.close();
    expect((await startedAt(6)).lastEventId).toBe(6);
  });

  it("end the stream with their session", async () => {
    const tabs = [openTab(), openTab()];
    await startedAt(6);
    for (const { close } of tabs) close();
    await Promise.all(tabs.map(({ ended }) => ended));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(openStreams()).toEqual([]);
    expect(streams).toHaveLength(1);
  });

  it("learn the count that the leader polled", async () => {
    const leader = openTab();
    const other = openTab();
    await settle();
    leader.stream.shareUnreadCount(3);
    other.stream.shareUnreadCount(5);
    await settle();
    expect(other.onUnreadCount.mock.calls).toEqual([[3]]);
    expect(leader.onUnreadCount).not.toHaveBeenCalled();
  });
});

describe("a connection that breaks", () => {
  it("is continued after the last notification", async () => {
    const tab = openTab();
    const stream = await startedAt(6);
    stream.send("notification", 7, notification(7));
    await settle();
    stream.fail();
    await vi.advanceTimersByTimeAsync(2000);
    expect((await startedAt(7)).lastEventId).toBe(7);
    expect(tab.onConnectionChange.mock.calls).toEqual([[true], [false], [true]]);
  });

  it("is known to every tab, and so is the next one", async () => {
    openTab();
    const other = openTab();
    const stream = await startedAt(6);
    stream.fail();
    await vi.advanceTimersByTimeAsync(2000);
    await startedAt(6);
    expect(other.onConnectionChange.mock.calls).toEqual([[true], [false], [true]]);
  });

  it("is left to a visible tab, because a hidden one reconnects late", async () => {
    locks.takenByHungTab(NAME);
    const tab = openTab();
    await settle();
    new FakeChannel(NAME).postMessage({ type: "state", connected: false, hidden: true, position: 6 });
    await settle();
    expect(tab.onLeadershipChange.mock.calls).toEqual([[true]]);
  });
});

describe("a leader that does not answer", () => {
  it("is replaced within five seconds by a tab that misses nothing", async () => {
    openTab();
    openTab();
    (await startedAt(6)).send("notification", 7, notification(7));
    await settle();
    locks.takenByHungTab(NAME);
    await settle();
    expect(openStreams()).toEqual([]);
    await vi.advanceTimersByTimeAsync(5000);
    expect((await startedAt(7)).lastEventId).toBe(7);
  });

  it("tells the others nothing after it was replaced", async () => {
    openTab();
    const other = openTab();
    await startedAt(6);
    locks.takenByHungTab(NAME);
    await settle();
    expect(openStreams()).toEqual([]);
    expect(other.onConnectionChange.mock.calls).toEqual([[true]]);
  });

  it("is replaced by a tab that takes over twice at once, and leads then", async () => {
    locks.takenByHungTab(NAME);
    const tab = openTab();
    await settle();
    const hung = new FakeChannel(NAME);
    hung.postMessage({ type: "state", connected: false, hidden: true, position: 6 });
    hung.postMessage({ type: "state", connected: false, hidden: true, position: 6 });
    await startedAt(6);
    const other = openTab();
    await settle();
    tab.stream.shareUnreadCount(3);
    await settle();
    expect(tab.onLeadershipChange).toHaveBeenLastCalledWith(true);
    expect(tab.onConnectionChange).toHaveBeenLastCalledWith(true);
    expect(other.onUnreadCount).toHaveBeenCalledWith(3);
  });

  it("is left alone by hidden tabs, whose timers are slow", async () => {
    setVisibility("hidden");
    locks.takenByHungTab(NAME);
    openTab();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(openStreams()).toEqual([]);
  });

  it("is replaced ever more rarely by a tab that hears nobody", async () => {
    const tab = openTab();
    await settle();
    for (let second = 0; second < 600; second += 1) {
      if (openStreams().length > 0) locks.takenByHungTab(NAME);
      await vi.advanceTimersByTimeAsync(1000);
    }
    const takeovers = tab.onLeadershipChange.mock.calls.filter(([leading]) => leading).length;
    expect(takeovers).toBeLessThan(18);
  });
});

describe("a page", () => {
  it("that missed something learns so, and reads again", async () => {
    openTab();
    const other = openTab();
    const stream = await startedAt(6);
    const state = { type: "state", connected: true, hidden: false, position: 9 };
    new FakeChannel(NAME).postMessage(state);
    await settle();
    expect(other.onConnectionChange.mock.calls).toEqual([[true], [true]]);
    expect(stream.closed()).toBe(false);
  });

  it("in the back/forward cache leaves the stream to others, and listens again when it returns", async () => {
    const tab = openTab();
    const first = await startedAt(6);
    window.dispatchEvent(new Event("pagehide"));
    await settle();
    expect(first.closed()).toBe(true);
    window.dispatchEvent(new Event("pageshow"));
    expect((await startedAt(6)).lastEventId).toBe(6);
    expect(tab.onConnectionChange.mock.calls).toEqual([[true], [false], [true]]);
  });
});

describe("a browser without Web Locks", () => {
  it("reads one stream in each visible tab", async () => {
    vi.stubGlobal("navigator", { onLine: true });
    openTab();
    (await startedAt(6)).send("notification", 7, notification(7));
    await settle();
    setVisibility("hidden");
    await settle();
    expect(openStreams()).toEqual([]);
    setVisibility("visible");
    expect((await startedAt(7)).lastEventId).toBe(7);
  });
});
