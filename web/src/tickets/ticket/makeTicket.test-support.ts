import type { Ticket } from "./queries";

export function makeTicket(changes: Partial<Ticket> = {}): Ticket {
  const ticket = {
    id: "t1",
    number: 1,
    title: "The lamp is dark",
    description: "It was fine yesterday.",
    status: "open",
    priority: "normal",
    category: null,
    tags: [],
    requester: { id: "casey", name: "Casey" },
    assignee: null,
    created_at: "2026-11-03T10:00:00.000Z",
    updated_at: "2026-11-03T10:00:00.000Z",
    escalated_at: null,
    version: 1,
  };
  return { ...ticket, ...changes } as Ticket;
}
