import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ifMatch, type Schemas, unwrap, withOptionalAuth, withoutAuth } from "@/api/client";
import { ERROR_HANDLED } from "@/api/queryClient";
import { getSession, refreshSession } from "@/auth/session/session";
import { profile } from "./queries";

/** Changes name, language or email address, based on `version`. */
export function useChangeProfile(version: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["ProfileChange"]) =>
      unwrap(api.PATCH("/api/v1/auth/me", { body, params: { header: ifMatch(version) } })),
    onSuccess: (changed) => {
      queryClient.setQueryData(profile.queryKey, changed);
      void refreshSession().catch(() => undefined); // the menu shows the old name until the next refresh
    },
    // Not awaited: the form shows the error first and the current values afterwards.
    onError: () => void queryClient.invalidateQueries({ queryKey: profile.queryKey }),
    meta: ERROR_HANDLED,
  });
}

export function useVerifyEmail() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["EmailVerification"]) =>
      unwrap(api.POST("/api/v1/auth/verify-email", { body, ...withOptionalAuth })),
    onSuccess: async () => {
      // The next access token says that the address is proved.
      if (getSession().state === "active") await refreshSession().catch(() => undefined);
      await queryClient.invalidateQueries();
    },
    meta: ERROR_HANDLED,
  });
}

/** Cancels the pending change of the caller's address. */
export function useCancelEmailChange() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/auth/me/pending-email")),
    onSettled: () => queryClient.invalidateQueries({ queryKey: profile.queryKey }),
  });
}

export function useCancelEmailChangeByLink() {
  return useMutation({
    mutationFn: (body: Schemas["EmailChangeCancellation"]) =>
      unwrap(api.POST("/api/v1/auth/cancel-email-change", { body, ...withoutAuth })),
    meta: ERROR_HANDLED,
  });
}

export function useRequestVerification() {
  return useMutation({ mutationFn: () => unwrap(api.POST("/api/v1/auth/verify-email/request")) });
}
