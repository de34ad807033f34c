import { QueryClient, useInfiniteQuery } from "@tanstack/react-query";
import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { rendered } from "@/shell/rendered.test-support";
import { useMark, useMarkAllRead } from "./commands";
import { inbox, type Notification } from "./queries";

const READ = { id: "n1", read_at: "2026-11-03T10:00:00.000Z" } as Notification;
const UNREAD = { ...READ, read_at: null };

afterEach(() => {
  vi.restoreAllMocks();
});

it("marks are sent one after the other, and wait for no inbox that is read again", async () => {
  vi.spyOn(api, "GET").mockReturnValue(new Promise(() => undefined));
  const sent: { readonly path: string; readonly answer: () => void }[] = [];
  vi.spyOn(api, "POST").mockImplementation(
    ((path: string) =>
      new Promise((resolve) => {
        const data = path.endsWith("/unread") ? UNREAD : { count: 0 };
        const answer = () => {
          resolve({ data, response: new Response() });
        };
        sent.push({ path, answer });
      })) as never,
  );
  const queryClient = new QueryClient();
  const list = inbox(true).queryKey;
  queryClient.setQueryData(list, { pages: [{ items: [READ], next_cursor: null }], pageParams: [null] });
  const { now } = rendered(
    () => ({ mark: useMark(), all: useMarkAllRead(), shown: useInfiniteQuery(inbox(true)) }),
    queryClient,
  );

  await act(async () => {
    now().all.mutate();
    now().mark.mutate({ id: "n1", read: false });
    await vi.waitFor(() => {
      expect(sent).not.toHaveLength(0);
    });
  });
  expect(sent.map(({ path }) => path)).toEqual(["/api/v1/notifications/read-all"]);

  await act(async () => {
    sent[0]?.answer();
    await vi.waitFor(() => {
      expect(sent).toHaveLength(2);
    });
    sent[1]?.answer();
    await vi.waitFor(() => {
      expect(now().mark.isSuccess).toBe(true);
    });
  });
  expect(sent[1]?.path).toBe("/api/v1/notifications/{notification_id}/unread");
  expect(now().shown.data?.pages[0]?.items).toEqual([UNREAD]);
});
