import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { act } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { Refused } from "@/api/problem";
import { rendered } from "@/shell/rendered.test-support";
import * as toasts from "@/shell/toast";
import { aTicket } from "../tickets.test-support";
import { useChangeTicket } from "./commands";
import { oneTicket, ticketList } from "./queries";

vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));

const refused = (status: number) =>
  Promise.reject(
    new Refused({ type: "", title: "", status, detail: "", instance: "", code: String(status), request_id: "" }),
  );

/** A form that changes a ticket. */
function shown() {
  const queryClient = new QueryClient();
  queryClient.setQueryData(oneTicket("t1").queryKey, aTicket());
  const { now, leave } = rendered(() => useChangeTicket("t1"), queryClient);
  return { queryClient, change: now, leave };
}

describe("changes of a ticket", () => {
  const theirs = aTicket({ version: 2, status: "closed", priority: "low" });

  beforeEach(() => {
    vi.spyOn(api, "GET").mockResolvedValue({ data: theirs, response: new Response() } as never);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("are sent one after the other, and wait for no list that is read again", async () => {
    const reading = vi.spyOn(api, "GET").mockReturnValue(new Promise(() => undefined));
    const sending = vi.spyOn(api, "PATCH").mockResolvedValue({ data: aTicket(), response: new Response() });
    const form = shown();
    const unsubscribe = new InfiniteQueryObserver(form.queryClient, ticketList({})).subscribe(() => undefined);

    await act(async () => {
      form.change().mutate({ priority: "high" });
      form.change().mutate({ category: "Lamps" });
      await vi.waitFor(() => {
        expect(sending).toHaveBeenCalledTimes(2);
      });
    });

    expect(reading).toHaveBeenCalled();
    unsubscribe();
  });

  it("that are refused are each kept to be decided about, whatever else was changed meanwhile", async () => {
    const answers = [refused(412), Promise.resolve({ data: aTicket({ version: 3 }), response: new Response() })];
    vi.spyOn(api, "PATCH").mockImplementation(() => answers.shift() as never);
    const form = shown();

    await act(async () => {
      form.change().mutate({ status: "resolved" });
      form.change().mutate({ tags: ["lamp"] });
      await vi.waitFor(() => {
        expect(answers).toEqual([]);
      });
    });

    expect(form.change().overtaken?.change).toEqual({ status: "resolved" });
    act(() => {
      form.change().decided();
    });
    expect(form.change().overtaken).toBeUndefined();
  });

  it("that are refused are told in a toast where the form is gone", async () => {
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    vi.spyOn(api, "PATCH").mockImplementation(() => asked.then(() => refused(403)));
    const told = vi.spyOn(toasts, "toastTrouble").mockReturnValue();
    const form = shown();

    act(() => {
      form.change().mutate({ status: "resolved" });
    });
    form.leave();
    answer();

    await vi.waitFor(() => {
      expect(told).toHaveBeenCalledOnce();
    });
  });
});
