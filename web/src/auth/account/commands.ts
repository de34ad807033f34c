import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap, withoutAuth } from "@/api/client";
import { sendIdempotently } from "@/api/idempotency";
import { ERROR_HANDLED } from "@/api/queryClient";
import { profile } from "@/auth/profile/queries";
import { startSession } from "@/auth/session/session";

export function useSignUp() {
  return useMutation({
    mutationFn: (body: Schemas["SignUp"]) =>
      sendIdempotently("sign-up", body, (header) =>
        unwrap(api.POST("/api/v1/auth/signup", { body, params: { header }, ...withoutAuth })),
      ),
    onSuccess: startSession,
    meta: ERROR_HANDLED,
  });
}

export function useChangePassword() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["PasswordChange"]) => unwrap(api.POST("/api/v1/auth/change-password", { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: profile.queryKey }),
    meta: ERROR_HANDLED,
  });
}

export function useForgotPassword() {
  return useMutation({
    mutationFn: (body: Schemas["ForgotPassword"]) =>
      unwrap(api.POST("/api/v1/auth/forgot-password", { body, ...withoutAuth })),
    meta: ERROR_HANDLED,
  });
}

export function useResetPassword() {
  return useMutation({
    mutationFn: (body: Schemas["PasswordReset"]) =>
      unwrap(api.POST("/api/v1/auth/reset-password", { body, ...withoutAuth })),
    meta: ERROR_HANDLED,
  });
}
