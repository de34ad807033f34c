import { useMutation, useQueryClient } from "@tanstack/react-query";
import { attempt } from "@/api/attempts";
import { anonymously, answer, api, ifMatch, type Schemas } from "@/api/client";
import { SHOWN } from "@/api/queries";
import { beginSession, renewSession } from "@/auth/session/session";
import { profile } from "./queries";

export function useSignUp() {
  return useMutation({
    mutationFn: (body: Schemas["SignUp"]) =>
      attempt("sign-up", body, (header) =>
        answer(api.POST("/api/v1/auth/signup", { body, params: { header }, ...anonymously })),
      ),
    onSuccess: beginSession,
    meta: SHOWN,
  });
}

/** Changes one's own name, language or address, from the version that is shown. */
export function useChangeProfile(version: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["ProfileChange"]) =>
      answer(api.PATCH("/api/v1/auth/me", { body, params: { header: ifMatch(version) } })),
    onSuccess: (changed) => {
      queryClient.setQueryData(profile.queryKey, changed);
      void renewSession().catch(() => undefined); // the menu shows the old name until the token is renewed anyway
    },
    // Not waited for: the form says what is wrong first, and what is there now after that.
    onError: () => void queryClient.invalidateQueries({ queryKey: profile.queryKey }),
    meta: SHOWN,
  });
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (body: Schemas["PasswordChange"]) => answer(api.POST("/api/v1/auth/change-password", { body })),
    meta: SHOWN,
  });
}

export function useForgotPassword() {
  return useMutation({
    mutationFn: (body: Schemas["ForgotPassword"]) =>
      answer(api.POST("/api/v1/auth/forgot-password", { body, ...anonymously })),
    meta: SHOWN,
  });
}

export function useResetPassword() {
  return useMutation({
    mutationFn: (body: Schemas["PasswordResetting"]) =>
      answer(api.POST("/api/v1/auth/reset-password", { body, ...anonymously })),
    meta: SHOWN,
  });
}

export function useVerifyEmail() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["EmailProof"]) =>
      answer(api.POST("/api/v1/auth/verify-email", { body, ...anonymously })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: profile.queryKey }),
    meta: SHOWN,
  });
}

export function useRequestVerification() {
  return useMutation({ mutationFn: () => answer(api.POST("/api/v1/auth/verify-email/request")) });
}
