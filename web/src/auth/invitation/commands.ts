import { useMutation, useQueryClient } from "@tanstack/react-query";
import { anonymously, answer, api, ifMatch, type Schemas } from "@/api/client";
import { attempt } from "@/api/attempts";
import { SHOWN } from "@/api/queries";
import { beginSession } from "@/auth/session/session";
import { invitationsKey } from "./queries";

export function useAcceptInvitation() {
  return useMutation({
    mutationFn: (body: Schemas["Acceptance"]) =>
      answer(api.POST("/api/v1/auth/accept-invitation", { body, ...anonymously })),
    onSuccess: beginSession,
    meta: SHOWN,
  });
}

export function useInvite() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["NewInvitation"]) =>
      attempt("invitation", body, (header) =>
        answer(api.POST("/api/v1/users/invitations", { body, params: { header } })),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: invitationsKey }),
    meta: SHOWN,
  });
}

export function useRevokeInvitation() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Schemas["InvitationView"]) =>
      answer(
        api.DELETE("/api/v1/users/invitations/{invitation_id}", {
          params: { path: { invitation_id: id }, header: ifMatch(version) },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: invitationsKey }),
  });
}
