import { useMutation, useQueryClient } from "@tanstack/react-query";
import { anonymously, answer, api, type Schemas } from "@/api/client";
import { SHOWN } from "@/api/queries";
import { sessionsKey } from "./queries";
import { beginSession } from "./session";

/** Begins a session, or answers that a code is wanted too. */
export function useLogIn() {
  return useMutation({
    mutationFn: (body: Schemas["LogIn"]) => answer(api.POST("/api/v1/auth/login", { body, ...anonymously })),
    onSuccess: (found) => {
      if ("access_token" in found) beginSession(found);
    },
    meta: SHOWN,
  });
}

/** Finishes a log-in by a code of the app, or by a recovery code. */
export function useSecondStep() {
  return useMutation({
    mutationFn: (body: Schemas["SecondStep"]) => answer(api.POST("/api/v1/auth/login/mfa", { body, ...anonymously })),
    onSuccess: beginSession,
    meta: SHOWN,
  });
}

export function useRevokeSession() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsKey }),
  });
}

export function useRevokeOtherSessions() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/v1/auth/sessions")),
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsKey }),
  });
}
