import { QueryClient } from "@tanstack/react-query";
import { act } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { renderHook } from "@/testing/renderHook";
import { useChangePerson } from "./commands";
import { people, type Person } from "./queries";

function makePerson(changes: Partial<Person> = {}): Person {
  return { id: "toni", name: "Toni Tran", role: "agent", active: true, version: 1, ...changes } as Person;
}

describe("changes of a user", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("in quick succession each build on the version that the one before made", async () => {
    const responses = [makePerson({ role: "customer", version: 2 }), makePerson({ active: false, version: 3 })];
    const versions: unknown[] = [];
    vi.spyOn(api, "PATCH").mockImplementation(((_path: string, { params }: { params: { header: unknown } }) => {
      versions.push(params.header);
      return Promise.resolve({ data: responses.shift(), response: new Response() });
    }) as never);
    const queryClient = new QueryClient();
    const list = people({}).queryKey;
    queryClient.setQueryData(list, { pages: [{ items: [makePerson()], next_cursor: null }], pageParams: [null] });
    // Role select and menu of a row each have their own mutation.
    const role = renderHook(() => useChangePerson(makePerson()), queryClient);
    const menu = renderHook(() => useChangePerson(makePerson()), queryClient);

    await act(async () => {
      role.current().mutate({ role: "customer" });
      menu.current().mutate({ active: false });
      await vi.waitFor(() => {
        expect(responses).toEqual([]);
      });
    });

    expect(versions).toEqual([{ "if-match": '"1"' }, { "if-match": '"2"' }]);
    expect(queryClient.getQueryData(list)?.pages[0]?.items[0]?.version).toBe(3);
  });
});
