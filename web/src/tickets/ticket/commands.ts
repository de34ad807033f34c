import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ifMatch, type Schemas, unwrap } from "@/api/client";
import { sendIdempotently } from "@/api/idempotency";
import { isProblem } from "@/api/problem";
import { ERROR_HANDLED } from "@/api/queryClient";
import { showToast } from "@/ui/toast";
import { useIsMounted } from "@/ui/useIsMounted";
import { type Change, changedFields, type Field } from "./fields";
import { applyUpdate, invalidateLists, type Ticket, ticketDetail } from "./queries";
import { ConflictError, type FieldChange, reconcile } from "./reconcile";
import { useUnmountedErrorToast } from "./useUnmountedErrorToast";

type NewTicket = Schemas["NewTicket"];

const CREATE_KEY = ["tickets", "create"] as const;

interface Outcome {
  readonly onCreated: (ticket: Ticket) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

/** Creates a ticket. The callbacks run even if the form was unmounted; the mutation is pending until `onCreated` is. */
export function useCreateTicket({ onCreated, onFailed }: Outcome) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationKey: CREATE_KEY,
    mutationFn: (body: NewTicket) =>
      sendIdempotently("ticket", body, (header) => unwrap(api.POST("/api/v1/tickets", { body, params: { header } }))),
    onSuccess: async (ticket) => {
      queryClient.setQueryData(ticketDetail(ticket.id).queryKey, ticket);
      void invalidateLists(queryClient);
      await onCreated(ticket);
    },
    onError: onFailed,
    meta: ERROR_HANDLED,
  });
}

/** Tickets that were submitted and have no response yet. */
export function usePendingTickets(): readonly { readonly ticket: NewTicket; readonly offline: boolean }[] {
  return useMutationState({
    filters: { mutationKey: CREATE_KEY, status: "pending" },
    select: (mutation) => ({ ticket: mutation.state.variables as NewTicket, offline: mutation.state.isPaused }),
  });
}

export interface ChangeResult {
  readonly ticket: Ticket;
  /** Concurrent changes of other fields. */
  readonly remoteChanges: readonly FieldChange[];
}

interface Conflict {
  readonly change: Change;
  readonly error: ConflictError;
}

const changeKey = (id: string) => ["tickets", "change", id] as const;

/**
 * Changes a ticket, based on the version in the cache. Concurrent changes of other fields are kept and shown in a
 * toast; on a concurrent change of the same field, the user decides (`conflict`). Several changes can be in flight;
 * `error` and `conflict` cover all of them. Without a form (`hasForm`), errors are shown in a toast.
 */
export function useChangeTicket(id: string, hasForm = true) {
  const { t } = useTranslation("tickets");
  const queryClient = useQueryClient();
  const isMounted = useIsMounted(hasForm);
  const toastIfUnmounted = useUnmountedErrorToast(isMounted);
  const [error, setError] = useState<Error | null>(null);
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
  const { mutate } = useMutation({
    mutationKey: changeKey(id),
    scope: { id: `ticket ${id}` }, // serial: each change builds on the version that the one before made
    mutationFn: (change: Change): Promise<ChangeResult> =>
      sendWithReconciliation(
        id,
        queryClient.getQueryData(ticketDetail(id).queryKey),
        changedFields(change),
        (version) => send(id, change, version),
      ),
    onSuccess: ({ ticket, remoteChanges }) => {
      applyUpdate(queryClient, ticket);
      if (remoteChanges.length === 0) return;
      const fields = remoteChanges.map(({ field }) => t(`field.${field}`)).join(", ");
      showToast({ message: t("conflict.meanwhile", { fields }), autoClose: 8000 });
    },
    onError: (failure, change) => {
      if (failure instanceof ConflictError) applyUpdate(queryClient, failure.current);
      toastIfUnmounted(failure);
      if (!isMounted()) return;
      if (failure instanceof ConflictError) setConflicts((conflicts) => [...conflicts, { change, error: failure }]);
      else setError(failure);
    },
    onSettled: () => {
      void invalidateLists(queryClient); // not awaited, or the next change would wait for it
    },
    meta: ERROR_HANDLED,
  });
  return {
    error,
    /** The first undecided conflict. */
    conflict: conflicts[0],
    dismissConflict: () => setConflicts((conflicts) => conflicts.slice(1)),
    mutate: (change: Change) => {
      setError(null);
      mutate(change);
    },
  };
}

/** The ticket with its pending changes applied. The cache holds only what the server returned. */
export function useOptimisticTicket(ticket: Ticket): Ticket {
  const pending = useMutationState({
    filters: { mutationKey: changeKey(ticket.id), status: "pending" },
    select: (mutation) => mutation.state.variables as Partial<Ticket>,
  });
  return pending.reduce<Ticket>((shown, change) => ({ ...shown, ...change }), ticket);
}

/** Sends a change with `If-Match`. After a 412 it reconciles with the current version and resends if possible. */
async function sendWithReconciliation(
  id: string,
  seen: Ticket | undefined,
  localFields: readonly Field[],
  sendVersion: (version: number | null) => Promise<Ticket>,
): Promise<ChangeResult> {
  let base = seen;
  let remoteChanges: readonly FieldChange[] = [];
  for (;;) {
    try {
      return { ticket: await sendVersion(base?.version ?? null), remoteChanges };
    } catch (error) {
      if (base === undefined || !isProblem(error, 412)) throw error;
      const current = await unwrap(api.GET("/api/v1/tickets/{ticket_id}", { params: { path: { ticket_id: id } } }));
      const result = reconcile(localFields, base, current);
      if (result.kind === "conflict") throw new ConflictError(current, result.remoteChanges);
      remoteChanges = [...remoteChanges, ...result.remoteChanges];
      base = current;
    }
  }
}

function send(id: string, change: Change, version: number | null): Promise<Ticket> {
  const params = { path: { ticket_id: id }, header: version === null ? {} : ifMatch(version) };
  if (!("assignee" in change)) return unwrap(api.PATCH("/api/v1/tickets/{ticket_id}", { body: change, params }));
  if (change.assignee === null) return unwrap(api.DELETE("/api/v1/tickets/{ticket_id}/assignee", { params }));
  return unwrap(api.PUT("/api/v1/tickets/{ticket_id}/assignee", { body: { user_id: change.assignee.id }, params }));
}
