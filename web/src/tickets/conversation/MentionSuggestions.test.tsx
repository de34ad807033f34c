import { Textarea } from "@mantine/core";
import { act, useState } from "react";
import { expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { eventually, render } from "@/testing/render";
import { MentionSuggestions } from "./MentionSuggestions";

const SASHA = { id: "01a2b3c4-0000-7000-8000-000000000001", name: "Sasha Okafor", email: "sasha@example.org" };

function Draft() {
  const [draft, setDraft] = useState("");
  return (
    <MentionSuggestions draft={draft} onChange={setDraft}>
      <Textarea />
    </MentionSuggestions>
  );
}

it("suggestions that were dismissed are there again for the next mention at the same place", async () => {
  vi.spyOn(api, "GET").mockResolvedValue({ data: { items: [SASHA] }, response: new Response() } as never);
  await render(<Draft />);
  const input = () => document.querySelector("textarea") as HTMLTextAreaElement;
  await eventually(() => expect(input()).not.toBeNull());
  const press = (key: string, value: string) => {
    act(() => {
      input().focus();
      input().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    });
    act(() => {
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(input(), value);
      input().setSelectionRange(value.length, value.length);
      input().dispatchEvent(new Event("input", { bubbles: true }));
    });
    act(() => void input().dispatchEvent(new KeyboardEvent("keyup", { key, bubbles: true })));
  };
  const suggested = () => input().getAttribute("aria-activedescendant");

  press("s", "@s");
  await eventually(() => expect(suggested()).not.toBeNull());
  press("Escape", "@s");
  expect(suggested()).toBeNull();
  press("a", "@sa");
  expect(suggested()).toBeNull();
  press("Backspace", "");
  press("s", "@s");
  await eventually(() => expect(suggested()).not.toBeNull());
});
