import { QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { eventually, render } from "@/testing/render";
import { type Ticket, ticketDetail } from "@/tickets/ticket/queries";
import { TicketPane } from "./TicketPane";

vi.mock("@/auth/session/useCurrentUser", () => ({ useCurrentUser: () => ({ id: "robin", role: "agent" }) }));
vi.mock("@/tickets/conversation/Conversation", () => ({ Conversation: () => null }));
vi.mock("@/tickets/conversation/MentionSuggestions", () => ({ MentionSuggestions: () => <textarea /> }));
vi.mock("./TicketProperties", () => ({ TicketProperties: () => null }));

const DEACTIVATED = "The account of Casey is deactivated. Nobody is notified of a reply.";
const SUPPRESSED = "Emails to Casey are not delivered (mailbox full). Your reply is visible in the app only.";

it.each([
  ["of a deactivated requester", { requester_active: false }, [DEACTIVATED]],
  ["of an address without delivery", { requester_email_suppression: "mailbox full" }, [SUPPRESSED]],
  ["of both", { requester_active: false, requester_email_suppression: "mailbox full" }, [DEACTIVATED]],
  ["of anybody else", {}, []],
])("a reply to the ticket %s has at most one warning", async (_, state, warnings) => {
  const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  queryClient.setQueryData(ticketDetail("t1").queryKey, {
    id: "t1",
    title: "Printer",
    status: "open",
    requester: { id: "casey", name: "Casey" },
    requester_active: true,
    requester_email_suppression: null,
    ...state,
  } as Ticket);
  const { container } = await render(<TicketPane ticketId="t1" onBack={() => undefined} />, queryClient);

  await eventually(() => expect(container.querySelector("textarea")).not.toBeNull());
  const shown = [...container.querySelectorAll("footer [role=status], footer [role=alert]")];
  expect(shown.map((each) => [each.getAttribute("role"), each.textContent])).toEqual(
    warnings.map((text) => ["status", text]),
  );
});
