import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { rendered } from "@/shell/rendered.test-support";
import { useMark, useMarkAllRead } from "./commands";

afterEach(() => {
  vi.restoreAllMocks();
});

it("what was marked first is answered before what was marked last is sent", async () => {
  const sent: { readonly path: string; readonly answer: () => void }[] = [];
  vi.spyOn(api, "POST").mockImplementation(
    ((path: string) =>
      new Promise((resolve) => {
        sent.push({
          path,
          answer: () => {
            resolve({ data: undefined, response: new Response() });
          },
        });
      })) as never,
  );
  const { now } = rendered(() => ({ mark: useMark(), all: useMarkAllRead() }));

  await act(async () => {
    now().all.mutate();
    now().mark.mutate({ id: "n1", read: false });
    await vi.waitFor(() => {
      expect(sent).not.toHaveLength(0);
    });
  });
  expect(sent.map(({ path }) => path)).toEqual(["/api/v1/notifications/read-all"]);
  expect(now().mark.variables, "what is meant is known at once").toEqual({ id: "n1", read: false });

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
});
