import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { act } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { renderHook } from "@/testing/renderHook";
import * as toasts from "@/ui/toast";
import { useChangeTicket } from "./commands";
import { makeTicket } from "./makeTicket.test-support";
import { ticketDetail, ticketList } from "./queries";

vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));

const refused = (status: number) =>
  Promise.reject(
    new ProblemError({ type: "", title: "", status, detail: "", instance: "", code: String(status), request_id: "" }),
  );

function renderChangeForm() {
  const queryClient = new QueryClient();
  queryClient.setQueryData(ticketDetail("t1").queryKey, makeTicket());
  const { current, unmount } = renderHook(() => useChangeTicket("t1"), queryClient);
  return { queryClient, change: current, unmount };
}

describe("changes of a ticket", () => {
  const remote = makeTicket({ version: 2, status: "closed", priority: "low" });

  beforeEach(() => {
    vi.spyOn(api, "GET").mockResolvedValue({ data: remote, response: new Response() } as never);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("are sent one after the other and do not wait for refetched lists", async () => {
    const get = vi.spyOn(api, "GET").mockReturnValue(new Promise(() => undefined));
    const patch = vi.spyOn(api, "PATCH").mockResolvedValue({ data: makeTicket(), response: new Response() });
    const form = renderChangeForm();
    const unsubscribe = new InfiniteQueryObserver(form.queryClient, ticketList({})).subscribe(() => undefined);

    await act(async () => {
      form.change().mutate({ priority: "high" });
      form.change().mutate({ category: "Lamps" });
      await vi.waitFor(() => {
        expect(patch).toHaveBeenCalledTimes(2);
      });
    });

    expect(get).toHaveBeenCalled();
    unsubscribe();
  });

  it("that conflict each wait for a decision", async () => {
    const responses = [refused(412), Promise.resolve({ data: makeTicket({ version: 3 }), response: new Response() })];
    vi.spyOn(api, "PATCH").mockImplementation(() => responses.shift() as never);
    const form = renderChangeForm();

    await act(async () => {
      form.change().mutate({ status: "resolved" });
      form.change().mutate({ tags: ["lamp"] });
      await vi.waitFor(() => {
        expect(responses).toEqual([]);
      });
    });

    expect(form.change().conflict?.change).toEqual({ status: "resolved" });
    act(() => {
      form.change().dismissConflict();
    });
    expect(form.change().conflict).toBeUndefined();
  });

  it("that fail show a toast if the form was unmounted", async () => {
    let respond: () => void = () => undefined;
    const requested = new Promise<void>((resolve) => (respond = resolve));
    vi.spyOn(api, "PATCH").mockImplementation(() => requested.then(() => refused(403)));
    const toasted = vi.spyOn(toasts, "toastError").mockReturnValue();
    const form = renderChangeForm();

    act(() => {
      form.change().mutate({ status: "resolved" });
    });
    form.unmount();
    respond();

    await vi.waitFor(() => {
      expect(toasted).toHaveBeenCalledOnce();
    });
  });
});
