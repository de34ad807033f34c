import { onlineManager, QueryClient } from "@tanstack/react-query";
import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { renderHook } from "@/testing/renderHook";
import { usePendingMessages, usePostMessage } from "./commands";
import { conversation, type Message } from "./queries";

afterEach(() => {
  vi.restoreAllMocks();
  onlineManager.setOnline(true);
});

it("messages written offline are sent in order", async () => {
  const sent: { readonly body: string; readonly respond: () => void }[] = [];
  vi.spyOn(api, "POST").mockImplementation(
    ((_path: string, { body: { body } }: { body: { body: string } }) =>
      new Promise((resolve) => {
        const respond = () => {
          resolve({ data: { id: body, body } as Message, response: new Response() });
        };
        sent.push({ body, respond });
      })) as never,
  );
  const queryClient = new QueryClient();
  const messages = conversation("t1").queryKey;
  queryClient.setQueryData(messages, { pages: [{ items: [], next_cursor: null }], pageParams: [null] });
  const written = { onSent: vi.fn(), onFailed: vi.fn() };
  const { current } = renderHook(
    () => ({ post: usePostMessage("t1", written), pending: usePendingMessages("t1") }),
    queryClient,
  );
  const pendingStates = () => current().pending.map(({ message, offline }) => [message.body, offline]);

  onlineManager.setOnline(false);
  await act(async () => {
    for (const body of ["one", "two"]) current().post.mutate({ body, visibility: "public", attachment_ids: [] });
    await vi.waitFor(() => {
      expect(pendingStates()).toEqual([
        ["one", true],
        ["two", true],
      ]);
    });
  });

  await act(async () => {
    onlineManager.setOnline(true);
    void queryClient.resumePausedMutations();
    await vi.waitFor(() => {
      expect(sent.map(({ body }) => body)).toEqual(["one"]);
    });
  });
  expect(pendingStates(), "the second waits for the first, not for the network").toEqual([
    ["one", false],
    ["two", false],
  ]);

  await act(async () => {
    sent[0]?.respond();
    await vi.waitFor(() => {
      expect(sent.map(({ body }) => body)).toEqual(["one", "two"]);
    });
  });
  expect(pendingStates()).toEqual([["two", false]]);
  expect(queryClient.getQueryData(messages)?.pages[0]?.items.map(({ body }) => body)).toEqual(["one"]);
  expect(written.onSent).toHaveBeenCalledOnce();
});
