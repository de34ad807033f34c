import { expect, test, vi } from "vitest";
import { patiently } from "./patiently";

test("what can not be loaded while the network is away is loaded once it is back", async () => {
  const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new TypeError("offline")).mockResolvedValue("here");

  const loaded = patiently(load);
  await vi.waitFor(() => {
    expect(load).toHaveBeenCalledOnce();
  });
  window.dispatchEvent(new Event("online"));

  expect(await loaded).toBe("here");
});

test("what fails though the network is there is asked for again after a while", async () => {
  vi.useFakeTimers();
  const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new TypeError("gone")).mockResolvedValue("here");

  const loaded = patiently(load);
  await vi.advanceTimersByTimeAsync(10_000);

  expect(await loaded).toBe("here");
  vi.useRealTimers();
});

test("what a newer release has replaced is had by loading the page anew, and not again at once", async () => {
  vi.useFakeTimers();
  const reload = vi.spyOn(window.location, "reload").mockImplementation(() => undefined);
  const load = vi.fn<() => Promise<string>>().mockRejectedValue(new TypeError("gone"));

  void patiently(load);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(reload).toHaveBeenCalledOnce();

  const again = expect(patiently(load)).rejects.toThrow("gone"); // after it was loaded anew
  await vi.advanceTimersByTimeAsync(30_000);
  await again;
  expect(reload).toHaveBeenCalledOnce();
  sessionStorage.clear();
  vi.useRealTimers();
});
