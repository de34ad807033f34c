import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { renderHook } from "@/testing/renderHook";
import { type Contact, useAddContact } from "./commands";

vi.mock("@/browser/waitForRetry", () => ({ waitForRetry: () => Promise.resolve() }));

const anna = { id: "anna", name: "Anna Meier", email: "anna@example.org", is_contact: true } as Contact;

afterEach(() => {
  vi.restoreAllMocks();
});

/** A server that lists the contact from the nth lookup on. */
function listFromLookup(nth: number) {
  vi.spyOn(api, "POST").mockResolvedValue({ data: anna, response: new Response() });
  const lookups = vi.spyOn(api, "GET");
  lookups.mockImplementation((() => {
    const items = lookups.mock.calls.length < nth ? [] : [anna];
    return Promise.resolve({ data: { items, next_cursor: null }, response: new Response() });
  }) as never);
  return lookups;
}

async function addAnna(): Promise<Contact | undefined> {
  const { current } = renderHook(useAddContact);
  await act(async () => {
    current().mutate({ email: anna.email });
    await vi.waitFor(() => {
      expect(current().isPending).toBe(false);
      expect(current().isIdle).toBe(false);
    });
  });
  return current().data;
}

it("a contact is added once tickets can be created for it", async () => {
  const lookups = listFromLookup(3);

  expect(await addAnna()).toEqual(anna);

  expect(lookups).toHaveBeenCalledTimes(3);
});

it("a contact that is too far down in the list of people is not waited for without end", async () => {
  listFromLookup(Infinity);

  expect(await addAnna()).toEqual(anna);
});
