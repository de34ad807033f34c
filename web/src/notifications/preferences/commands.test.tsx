import { QueryClient } from "@tanstack/react-query";
import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { renderHook } from "@/testing/renderHook";
import { useSetPreference } from "./commands";
import { type Preference, preferences } from "./queries";

const REPLIED: Preference = {
  kind: "replied",
  scope: "mine",
  channel: "email",
  when: "immediately",
  default: "immediately",
  chosen: false,
};
const CHOSEN: Preference = { ...REPLIED, kind: "status_changed", when: "never", chosen: true };

afterEach(() => {
  vi.restoreAllMocks();
});

it("only the preference that is set is sent, and the answer is shown", async () => {
  const view = { email_suppression: null, items: [{ ...REPLIED, when: "never", chosen: true }, CHOSEN] };
  const put = vi.spyOn(api, "PUT").mockResolvedValue({ data: view, response: new Response() } as never);
  const queryClient = new QueryClient();
  queryClient.setQueryData(preferences.queryKey, { email_suppression: null, items: [REPLIED, CHOSEN] });
  const { current } = renderHook(() => useSetPreference(), queryClient);

  await act(async () => {
    current().mutate({ preference: REPLIED, when: "never" });
    await vi.waitFor(() => {
      expect(current().isSuccess).toBe(true);
    });
  });

  const choices = [{ kind: "replied", scope: "mine", channel: "email", when: "never" }];
  expect(put).toHaveBeenCalledWith("/api/v1/notifications/preferences", { body: { choices } });
  expect(queryClient.getQueryData(preferences.queryKey)).toEqual(view);
});
