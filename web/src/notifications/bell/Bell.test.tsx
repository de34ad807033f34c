import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { unreadCount } from "@/notifications/inbox/queries";
import { eventually, render } from "@/testing/render";
import { Bell } from "./Bell";

const live = vi.hoisted(() => ({ hasToPoll: false, shareUnreadCount: vi.fn<(count: number) => void>() }));
vi.mock("@/notifications/live/useLiveNotifications", () => ({ useLiveNotifications: () => ({ ...live }) }));

afterEach(() => {
  vi.restoreAllMocks();
  live.hasToPoll = false;
  live.shareUnreadCount.mockClear();
});

it.each([
  ["was cached before", 5],
  ["is not loaded yet", undefined],
])("a tab that begins to poll shares what it polled, not a count that %s", async (_, cached) => {
  let respond: (count: number) => void = () => undefined;
  vi.spyOn(api, "GET").mockImplementation(
    (() =>
      new Promise((resolve) => {
        respond = (count) => resolve({ data: { count }, response: new Response() });
      })) as never,
  );
  const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: 10_000 } } });
  if (cached !== undefined) {
    queryClient.setQueryData(unreadCount().queryKey, { count: cached }, { updatedAt: Date.now() - 1000 });
  }
  const { rerender, container } = await render(<Bell />, queryClient);
  const label = () => container.querySelector("button")?.getAttribute("aria-label");
  await eventually(() => expect(label()).toBeTruthy());

  live.hasToPoll = true;
  await rerender(<Bell />);
  expect(live.shareUnreadCount).not.toHaveBeenCalled();
  void queryClient.refetchQueries(unreadCount());
  respond(3);

  await eventually(() => expect(label()).toContain("3"));
  expect(live.shareUnreadCount.mock.calls).toEqual([[3]]);
});
