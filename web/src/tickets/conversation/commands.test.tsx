import { onlineManager, QueryClient } from "@tanstack/react-query";
import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { rendered } from "@/shell/rendered.test-support";
import { useOnTheirWay, usePostMessage } from "./commands";
import { conversation, type Message } from "./queries";

afterEach(() => {
  vi.restoreAllMocks();
  onlineManager.setOnline(true);
});

it("what was written without a network is sent in the order it was written", async () => {
  const sent: { readonly body: string; readonly arrive: () => void }[] = [];
  vi.spyOn(api, "POST").mockImplementation(
    ((_path: string, { body: { body } }: { body: { body: string } }) =>
      new Promise((resolve) => {
        const arrive = () => {
          resolve({ data: { id: body, body } as Message, response: new Response() });
        };
        sent.push({ body, arrive });
      })) as never,
  );
  const queryClient = new QueryClient();
  const messages = conversation("t1").queryKey;
  queryClient.setQueryData(messages, { pages: [{ items: [], next_cursor: null }], pageParams: [null] });
  const written = { onSent: vi.fn(), onFailed: vi.fn() };
  const { now } = rendered(
    () => ({ post: usePostMessage("t1", written), onTheirWay: useOnTheirWay("t1") }),
    queryClient,
  );
  const states = () => now().onTheirWay.map(({ message, waiting }) => [message.body, waiting]);

  onlineManager.setOnline(false);
  await act(async () => {
    for (const body of ["one", "two"]) now().post.mutate({ body, visibility: "public", attachment_ids: [] });
    await vi.waitFor(() => {
      expect(states()).toEqual([
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
  expect(states(), "the second waits for the first, and not for the network").toEqual([
    ["one", false],
    ["two", false],
  ]);

  await act(async () => {
    sent[0]?.arrive();
    await vi.waitFor(() => {
      expect(sent.map(({ body }) => body)).toEqual(["one", "two"]);
    });
  });
  expect(states()).toEqual([["two", false]]);
  expect(queryClient.getQueryData(messages)?.pages[0]?.items.map(({ body }) => body)).toEqual(["one"]);
  expect(written.onSent).toHaveBeenCalledOnce();
});
