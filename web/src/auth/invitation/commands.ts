import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ifMatch, type Schemas, unwrap, withOptionalAuth } from "@/api/client";
import { sendIdempotently } from "@/api/idempotency";
import { ERROR_HANDLED } from "@/api/queryClient";
import { startSession } from "@/auth/session/session";
import { invitationsKey } from "./queries";

export function useAcceptInvitation() {
  return useMutation({
    mutationFn: (body: Schemas["InvitationAcceptance"]) =>
      unwrap(api.POST("/api/v1/auth/accept-invitation", { body, ...withOptionalAuth })),
    onSuccess: startSession,
    meta: ERROR_HANDLED,
  });
}

export function useInvite() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["NewInvitation"]) =>
      sendIdempotently("invitation", body, (header) =>
        unwrap(api.POST("/api/v1/users/invitations", { body, params: { header } })),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: invitationsKey }),
    meta: ERROR_HANDLED,
  });
}

export function useRevokeInvitation() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Schemas["InvitationView"]) =>
      unwrap(
        api.DELETE("/api/v1/users/invitations/{invitation_id}", {
          params: { path: { invitation_id: id }, header: ifMatch(version) },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: invitationsKey }),
  });
}
