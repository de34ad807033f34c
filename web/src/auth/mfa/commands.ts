import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import { ERROR_HANDLED } from "@/api/queryClient";
import { profile } from "@/auth/profile/queries";
import { refreshSession } from "@/auth/session/session";

export function useStartTotpSetup() {
  return useMutation({ mutationFn: () => unwrap(api.POST("/api/v1/auth/mfa/totp")), meta: ERROR_HANDLED });
}

/** Enables TOTP. The caller refreshes the session after showing the recovery codes, because that replaces the page. */
export function useConfirmTotp() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["TotpConfirmation"]) => unwrap(api.POST("/api/v1/auth/mfa/totp/confirm", { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: profile.queryKey }),
    meta: ERROR_HANDLED,
  });
}

export function useDisableTotp() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/auth/mfa/totp")),
    onSuccess: async () => {
      void refreshSession().catch(() => undefined); // the next request refreshes it
      await queryClient.invalidateQueries({ queryKey: profile.queryKey });
    },
    meta: ERROR_HANDLED,
  });
}

export function useRenewRecoveryCodes() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/auth/mfa/recovery-codes")),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: profile.queryKey }),
    meta: ERROR_HANDLED,
  });
}
