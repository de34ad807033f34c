import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { api, type Schemas } from "@/api/client";
import { eventually, render } from "@/testing/render";
import { errorMessage } from "@/ui/errorMessages";
import * as toast from "@/ui/toast";
import { RetryFailedButton } from "./RetryFailedButton";

afterEach(() => {
  vi.restoreAllMocks();
});

/** The first step of a run is on its way. */
async function startRun() {
  const steps: { readonly resolve: (response: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  vi.spyOn(api, "POST").mockImplementation(
    (() =>
      new Promise((resolve, reject) => {
        steps.push({ resolve, reject });
      })) as never,
  );
  const { unmount } = await render(<RetryFailedButton recipient={undefined} />);
  const click = async (label: string) => {
    const labelled = () => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === label);
    await eventually(() => expect(labelled()).toBeDefined());
    act(() => labelled()?.click());
  };
  await click("Resend all failed");
  await click("Resend all matching");
  await eventually(() => expect(steps).toHaveLength(1));
  const finishStep = (next_cursor: string | null) => {
    const data: Schemas["RetriedMails"] = { retried: 100, skipped: 0, next_cursor };
    steps.at(-1)?.resolve({ data, response: new Response() });
  };
  const failStep = () => steps.at(-1)?.reject(new Error("failed"));
  return { click, unmount, steps, finishStep, failStep };
}

it("a run that is cancelled ends after the current step, and says what it did", async () => {
  const success = vi.spyOn(toast, "toastSuccess").mockReturnValue();
  const { click, steps, finishStep } = await startRun();
  await click("Cancel");
  finishStep("next");
  await eventually(() => expect(success.mock.calls).toEqual([["100 emails are queued again."]]));
  expect(steps).toHaveLength(1);
});

it("a run goes on after the page is left, and says what it did", async () => {
  const success = vi.spyOn(toast, "toastSuccess").mockReturnValue();
  const { unmount, steps, finishStep } = await startRun();
  unmount();
  finishStep("next");
  await eventually(() => expect(steps).toHaveLength(2));
  finishStep(null);
  await eventually(() => expect(success.mock.calls).toEqual([["200 emails are queued again."]]));
});

it.each(["cancelled", "left"])("a run that fails after it was %s says so", async (how) => {
  const error = vi.spyOn(toast, "toastError").mockReturnValue();
  const { click, unmount, failStep } = await startRun();
  if (how === "cancelled") await click("Cancel");
  else unmount();
  failStep();
  await eventually(() => expect(error).toHaveBeenCalledOnce());
  expect(error.mock.calls.map(([failure, t]) => errorMessage(failure, t))).toEqual([
    "Something went wrong. Try again.",
  ]);
});
