import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { answer, api, ifMatch, once, type Schemas } from "@/api/client";
import { isRefusal } from "@/api/problem";
import { SHOWN } from "@/api/queries";
import { type Change, type Difference, type Field, fieldsOf, meet, Overtaken } from "./changes";
import { oneTicket, takeUp, type Ticket, ticketKeys } from "./queries";

export function useOpenTicket(key: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["NewTicket"]) =>
      answer(api.POST("/api/v1/tickets", { body, params: { header: once(key) } })),
    onSuccess: (ticket) => {
      queryClient.setQueryData(oneTicket(ticket.id).queryKey, ticket);
      void queryClient.invalidateQueries({ queryKey: ticketKeys.lists });
    },
    meta: SHOWN,
  });
}

export interface Changed {
  readonly ticket: Ticket;
  /** What others had changed meanwhile, in other fields. */
  readonly theirs: readonly Difference[];
}

const changing = (id: string) => ["tickets", "change", id] as const;

/**
 * Changes a ticket from the version that is shown. Where others were faster in other fields, the change is made to what
 * they left, and `tell` is told; in the same field, Overtaken is raised, and the person decides.
 */
export function useChangeTicket(id: string, tell?: (theirs: readonly Difference[]) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationKey: changing(id),
    scope: { id: `ticket ${id}` }, // one after the other: each builds on the version the one before made
    mutationFn: (change: Change): Promise<Changed> =>
      withReconciling(id, queryClient.getQueryData(oneTicket(id).queryKey), fieldsOf(change), (version) =>
        send(id, change, version),
      ),
    onSuccess: ({ ticket, theirs }) => {
      takeUp(queryClient, ticket);
      if (theirs.length > 0) tell?.(theirs);
    },
    onError: (error) => {
      if (error instanceof Overtaken) takeUp(queryClient, error.now);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ticketKeys.lists }),
    meta: SHOWN,
  });
}

/** The ticket as it will be when what is under way has worked. The cache keeps what the server said. */
export function useAsIntended(ticket: Ticket): Ticket {
  const pending = useMutationState({
    filters: { mutationKey: changing(ticket.id), status: "pending" },
    select: (mutation) => mutation.state.variables as Partial<Ticket>,
  });
  return pending.reduce<Ticket>((shown, change) => ({ ...shown, ...change }), ticket);
}

/** Sends a change for the version that was seen; on 412 looks at what others did, and sends it again where it may. */
async function withReconciling(
  id: string,
  seen: Ticket | undefined,
  mine: readonly Field[],
  attempt: (version: number | null) => Promise<Ticket>,
): Promise<Changed> {
  let base = seen;
  let theirs: readonly Difference[] = [];
  for (;;) {
    try {
      return { ticket: await attempt(base?.version ?? null), theirs };
    } catch (error) {
      if (base === undefined || !isRefusal(error, 412)) throw error;
      const now = await answer(api.GET("/api/v1/tickets/{ticket_id}", { params: { path: { ticket_id: id } } }));
      const meeting = meet(mine, base, now);
      if (meeting.kind === "same") throw new Overtaken(now, meeting.theirs);
      theirs = [...theirs, ...meeting.theirs];
      base = now;
    }
  }
}

function send(id: string, change: Change, version: number | null): Promise<Ticket> {
  const params = { path: { ticket_id: id }, header: version === null ? {} : ifMatch(version) };
  if (!("assignee" in change)) return answer(api.PATCH("/api/v1/tickets/{ticket_id}", { body: change, params }));
  if (change.assignee === null) return answer(api.DELETE("/api/v1/tickets/{ticket_id}/assignee", { params }));
  return answer(api.PUT("/api/v1/tickets/{ticket_id}/assignee", { body: { user_id: change.assignee.id }, params }));
}
