import { QueryClient, useInfiniteQuery } from "@tanstack/react-query";
import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { renderHook } from "@/testing/renderHook";
import { useMarkAllRead, useMarkNotification } from "./commands";
import { inbox, type Notification } from "./queries";

const READ = { id: "n1", read_at: "2026-11-03T10:00:00.000Z" } as Notification;
const UNREAD = { ...READ, read_at: null };

afterEach(() => {
  vi.restoreAllMocks();
});

it("read marks are sent one after the other and do not wait for a refetch of the inbox", async () => {
  vi.spyOn(api, "GET").mockReturnValue(new Promise(() => undefined));
  const sent: { readonly path: string; readonly respond: () => void }[] = [];
  vi.spyOn(api, "POST").mockImplementation(
    ((path: string) =>
      new Promise((resolve) => {
        const data = path.endsWith("/unread") ? UNREAD : { count: 0 };
        const respond = () => {
          resolve({ data, response: new Response() });
        };
        sent.push({ path, respond });
      })) as never,
  );
  const queryClient = new QueryClient();
  const list = inbox(true).queryKey;
  queryClient.setQueryData(list, { pages: [{ items: [READ], next_cursor: null }], pageParams: [null] });
  const { current } = renderHook(
    () => ({ mark: useMarkNotification(), all: useMarkAllRead(), shown: useInfiniteQuery(inbox(true)) }),
    queryClient,
  );

  await act(async () => {
    current().all.mutate();
    current().mark.mutate({ id: "n1", read: false });
    await vi.waitFor(() => {
      expect(sent).not.toHaveLength(0);
    });
  });
  expect(sent.map(({ path }) => path)).toEqual(["/api/v1/notifications/read-all"]);

  await act(async () => {
    sent[0]?.respond();
    await vi.waitFor(() => {
      expect(sent).toHaveLength(2);
    });
    sent[1]?.respond();
    await vi.waitFor(() => {
      expect(current().mark.isSuccess).toBe(true);
    });
  });
  expect(sent[1]?.path).toBe("/api/v1/notifications/{notification_id}/unread");
  expect(current().shown.data?.pages[0]?.items).toEqual([UNREAD]);
});
