import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap, withoutAuth } from "@/api/client";
import { ERROR_HANDLED } from "@/api/queryClient";
import { sessionsKey } from "./queries";
import { startSession } from "./session";

/** Logs in. The response either starts the session or asks for a second factor. */
export function useLogIn() {
  return useMutation({
    mutationFn: (body: Schemas["Login"]) => unwrap(api.POST("/api/v1/auth/login", { body, ...withoutAuth })),
    onSuccess: (response) => {
      if ("access_token" in response) startSession(response);
    },
    meta: ERROR_HANDLED,
  });
}

/** Completes a login with a TOTP or recovery code. */
export function useVerifyMfaCode() {
  return useMutation({
    mutationFn: (body: Schemas["MfaLogin"]) => unwrap(api.POST("/api/v1/auth/login/mfa", { body, ...withoutAuth })),
    onSuccess: startSession,
    meta: ERROR_HANDLED,
  });
}

export function useRevokeSession() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsKey }),
  });
}

export function useRevokeOtherSessions() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/auth/sessions")),
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsKey }),
  });
}
