import { QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { eventually, render } from "@/testing/render";
import type { Ticket } from "@/tickets/ticket/queries";
import { Conversation } from "./Conversation";
import { conversation, type Message } from "./queries";

vi.mock("@/auth/session/useCurrentUser", () => ({ useCurrentUser: () => ({ id: "robin", role: "agent" }) }));

const ID = "01a2b3c4-0000-7000-8000-00000000000";
const CASEY = { id: `${ID}1`, name: "Casey Lindgren" };
const SASHA = { id: `${ID}2`, name: "Sasha Okafor" };
const OTHERS = "@Sasha Okafor @Jordan (not notified) @Nobody (not notified)";

it.each([
  ["a public reply marks neither the requester nor notified colleagues", "public", "@Casey Lindgren"],
  ["an internal note marks the requester, who cannot read it", "internal", "@Casey (not notified)"],
] as const)("%s as not notified", async (_, visibility, requester) => {
  const message = {
    id: "m1",
    author: { id: "robin", name: "Robin" },
    body: `@[Casey](${CASEY.id}) @[Sasha](${SASHA.id}) @[Jordan](${ID}3) @[Nobody](${ID}4)`,
    mentions: [SASHA],
    unreachable_mentions: [{ id: `${ID}3`, name: "Jordan Alvarez" }],
    visibility,
    attachments: [],
    created_at: "2026-10-01T10:00:00Z",
    redacted_at: null,
  } as unknown as Message;
  const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  queryClient.setQueryData(conversation("t1").queryKey, {
    pages: [{ items: [message], next_cursor: null }],
    pageParams: [null],
  });
  const ticket = { id: "t1", requester: CASEY, description: "Please.", created_at: "2026-10-01T09:00:00Z" } as Ticket;
  const { container } = await render(<Conversation ticket={ticket} />, queryClient);

  const text = () => container.querySelector("article:last-of-type")?.textContent;
  await eventually(() => expect(text()).toContain(`${requester} ${OTHERS}`));
});
