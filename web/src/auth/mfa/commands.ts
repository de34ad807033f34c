import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { SHOWN } from "@/api/queries";
import { profile } from "@/auth/account/queries";
import { renewSession } from "@/auth/session/session";

export function useBeginTotp() {
  return useMutation({ mutationFn: () => answer(api.POST("/api/v1/auth/mfa/totp")), meta: SHOWN });
}

/** Turns it on. Whoever shows the recovery codes renews the token afterwards: that changes the page. */
export function useConfirmTotp() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["FirstCode"]) => answer(api.POST("/api/v1/auth/mfa/totp/confirm", { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: profile.queryKey }),
    meta: SHOWN,
  });
}

export function useDisableTotp() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["Proof"]) => answer(api.DELETE("/api/v1/auth/mfa/totp", { body })),
    onSuccess: async () => {
      void renewSession().catch(() => undefined); // with the next request, then
      await queryClient.invalidateQueries({ queryKey: profile.queryKey });
    },
    meta: SHOWN,
  });
}

export function useRenewRecoveryCodes() {
  return useMutation({
    mutationFn: (body: Schemas["Proof"]) => answer(api.POST("/api/v1/auth/mfa/recovery-codes", { body })),
    meta: SHOWN,
  });
}
