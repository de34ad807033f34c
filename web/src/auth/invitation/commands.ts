import { useMutation, useQueryClient } from "@tanstack/react-query";
import { anonymously, answer, api, ifMatch, once, type Schemas } from "@/api/client";
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

export function useInvite(key: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["NewInvitation"]) =>
      answer(api.POST("/api/v1/users/invitations", { body, params: { header: once(key) } })),
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
