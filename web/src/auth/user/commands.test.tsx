import { QueryClient } from "@tanstack/react-query";
import { act } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { rendered } from "@/shell/rendered.test-support";
import { useChangePerson } from "./commands";
import { people, type Person } from "./queries";

function aPerson(changes: Partial<Person> = {}): Person {
  return { id: "toni", name: "Toni Tran", role: "agent", active: true, version: 1, ...changes } as Person;
}

describe("changes of a person", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("made faster than answers come are each made to what the one before left", async () => {
    const answers = [aPerson({ role: "customer", version: 2 }), aPerson({ active: false, version: 3 })];
    const versions: unknown[] = [];
    vi.spyOn(api, "PATCH").mockImplementation(((_path: string, { params }: { params: { header: unknown } }) => {
      versions.push(params.header);
      return Promise.resolve({ data: answers.shift(), response: new Response() });
    }) as never);
    const queryClient = new QueryClient();
    const list = people({}).queryKey;
    queryClient.setQueryData(list, { pages: [{ items: [aPerson()], next_cursor: null }], pageParams: [null] });
    // Two parts of a row, each with a command of its own.
    const role = rendered(() => useChangePerson(aPerson()), queryClient);
    const menu = rendered(() => useChangePerson(aPerson()), queryClient);

    await act(async () => {
      role.now().mutate({ role: "customer" });
      menu.now().mutate({ active: false });
      await vi.waitFor(() => {
        expect(answers).toEqual([]);
      });
    });

    expect(versions).toEqual([{ "if-match": '"1"' }, { "if-match": '"2"' }]);
    expect(queryClient.getQueryData(list)?.pages[0]?.items[0]?.version).toBe(3);
  });
});
