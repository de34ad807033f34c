import { useMutation } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import { ERROR_HANDLED } from "@/api/queryClient";

export function useReauthenticate() {
  return useMutation({
    mutationFn: (body: Schemas["Reauthentication"]) => unwrap(api.POST("/api/v1/auth/reauthenticate", { body })),
    meta: ERROR_HANDLED,
  });
}
