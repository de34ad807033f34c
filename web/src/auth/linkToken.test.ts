import { act } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { renderHook } from "@/testing/renderHook";

let listeners: EventListener[] = [];

/** Opens an address as a browser does: the module runs anew. */
async function open(address: string) {
  vi.resetModules();
  window.history.replaceState(null, "", address);
  const listen = vi.spyOn(window, "addEventListener");
  const module = await import("./linkToken");
  listeners = listen.mock.calls.map(([, listener]) => listener as EventListener);
  return module;
}

beforeEach(() => {
  for (const listener of listeners) window.removeEventListener("hashchange", listener);
  window.history.replaceState(null, "", "/");
});

test("the secret leaves the address and its history entry at once, and the page has it", async () => {
  const entries = window.history.length;
  const { useLinkToken } = await open("/reset-password?lang=de#token=abc.def-_%2F");

  expect(window.location.href).toBe(`${window.location.origin}/reset-password?lang=de`);
  expect(window.history.length).toBe(entries);
  const { current } = renderHook(() => useLinkToken("/reset-password"));
  expect(current()).toBe("abc.def-_/");
});

test("a link to one page is of no use on another one", async () => {
  const { useLinkToken } = await open("/verify-email#token=abc");

  const { current } = renderHook(() => useLinkToken("/invitation"));

  expect(current()).toBeNull();
});

test("a secret in the query is not taken", async () => {
  const { useLinkToken } = await open("/verify-email?token=abc");

  const { current } = renderHook(() => useLinkToken("/verify-email"));

  expect(current()).toBeNull();
});

test("a second link that is opened in the same tab replaces the first one", async () => {
  const { useLinkToken } = await open("/verify-email#token=first");
  const { current } = renderHook(() => useLinkToken("/verify-email"));

  window.history.replaceState(null, "", "/verify-email#token=second");
  act(() => {
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  });

  expect(current()).toBe("second");
  expect(window.location.hash).toBe("");
});

test("any other fragment stays", async () => {
  await open("/tickets#end");

  expect(window.location.hash).toBe("#end");
});
