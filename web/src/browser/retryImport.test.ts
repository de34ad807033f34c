import { expect, test, vi } from "vitest";
import { retryImport } from "./retryImport";

test("an import that fails offline succeeds once the network is back", async () => {
  const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new TypeError("offline")).mockResolvedValue("here");

  const loaded = retryImport(load);
  await vi.waitFor(() => {
    expect(load).toHaveBeenCalledOnce();
  });
  window.dispatchEvent(new Event("online"));

  expect(await loaded).toBe("here");
});

test("an import that fails online is retried after a while", async () => {
  vi.useFakeTimers();
  const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new TypeError("gone")).mockResolvedValue("here");

  const loaded = retryImport(load);
  await vi.advanceTimersByTimeAsync(10_000);

  expect(await loaded).toBe("here");
  vi.useRealTimers();
});

test("a chunk that a newer release replaced reloads the page, but not twice in a row", async () => {
  vi.useFakeTimers();
  const reload = vi.spyOn(window.location, "reload").mockImplementation(() => undefined);
  const load = vi.fn<() => Promise<string>>().mockRejectedValue(new TypeError("gone"));

  void retryImport(load);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(reload).toHaveBeenCalledOnce();

  const again = expect(retryImport(load)).rejects.toThrow("gone"); // after the reload
  await vi.advanceTimersByTimeAsync(30_000);
  await again;
  expect(reload).toHaveBeenCalledOnce();
  sessionStorage.clear();
  vi.useRealTimers();
});
