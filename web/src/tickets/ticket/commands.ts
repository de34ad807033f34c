import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { attempt } from "@/api/attempts";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { isRefusal } from "@/api/problem";
import { SHOWN } from "@/api/queries";
import { toast } from "@/shell/toast";
import { type Change, type Difference, type Field, fieldsOf, meet, Overtaken } from "./changes";
import { oneTicket, readListsAgain, takeUp, type Ticket } from "./queries";
import { useSight } from "./useSight";

type NewTicket = Schemas["NewTicket"];

const OPENING = ["tickets", "open"] as const;

interface Outcome {
  /** What still belongs to it is part of it. */
  readonly onOpened: (ticket: Ticket) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

/** What comes of it is told even to a form that is gone. */
export function useOpenTicket({ onOpened, onFailed }: Outcome) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationKey: OPENING,
    mutationFn: (body: NewTicket) =>
      attempt("ticket", body, (header) => answer(api.POST("/api/v1/tickets", { body, params: { header } }))),
    onSuccess: async (ticket) => {
      queryClient.setQueryData(oneTicket(ticket.id).queryKey, ticket);
      void readListsAgain(queryClient);
      await onOpened(ticket);
    },
    onError: onFailed,
    meta: SHOWN,
  });
}

/** The tickets that were sent and are not open yet. */
export function useTicketsOnTheirWay(): readonly { readonly ticket: NewTicket; readonly waiting: boolean }[] {
  return useMutationState({
    filters: { mutationKey: OPENING, status: "pending" },
    select: (mutation) => ({ ticket: mutation.state.variables as NewTicket, waiting: mutation.state.isPaused }),
  });
}

export interface Changed {
  readonly ticket: Ticket;
  /** What others had changed meanwhile, in other fields. */
  readonly theirs: readonly Difference[];
}

interface Conflict {
  readonly change: Change;
  readonly error: Overtaken;
}

const changing = (id: string) => ["tickets", "change", id] as const;

/**
 * Changes a ticket from the version that is shown. Where others were faster in other fields, the change is made to what
 * they left, and the person is told; in the same field, the person decides. Several changes can be under way, and each
 * may fail: `error` and `overtaken` are of all of them. Who `shows` neither leaves it to a toast.
 */
export function useChangeTicket(id: string, shows = true) {
  const { t } = useTranslation("tickets");
  const queryClient = useQueryClient();
  const { inSight, tellElsewhere } = useSight(shows);
  const [error, setError] = useState<Error | null>(null);
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
  const { mutate } = useMutation({
    mutationKey: changing(id),
    scope: { id: `ticket ${id}` }, // one after the other: each builds on the version the one before made
    mutationFn: (change: Change): Promise<Changed> =>
      withReconciling(id, queryClient.getQueryData(oneTicket(id).queryKey), fieldsOf(change), (version) =>
        send(id, change, version),
      ),
    onSuccess: ({ ticket, theirs }) => {
      takeUp(queryClient, ticket);
      if (theirs.length === 0) return;
      const fields = theirs.map(({ field }) => t(`field.${field}`)).join(", ");
      toast({ message: t("overtaken.meanwhile", { fields }), autoClose: 8000 });
    },
    onError: (failure, change) => {
      if (failure instanceof Overtaken) takeUp(queryClient, failure.now);
      tellElsewhere(failure);
      if (!inSight()) return;
      if (failure instanceof Overtaken) setConflicts((old) => [...old, { change, error: failure }]);
      else setError(failure);
    },
    onSettled: () => {
      void readListsAgain(queryClient); // not awaited: the next change of this ticket would wait for it
    },
    meta: SHOWN,
  });
  return {
    error,
    /** The first change that somebody was faster with, for the person to decide about. */
    overtaken: conflicts[0],
    decided: () => {
      setConflicts((old) => old.slice(1));
    },
    mutate: (change: Change) => {
      setError(null);
      mutate(change);
    },
  };
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
