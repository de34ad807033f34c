import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ifMatch, type Schemas, unwrap } from "@/api/client";
import { sendIdempotently } from "@/api/idempotency";
import { ERROR_HANDLED } from "@/api/queryClient";
import { type Suppression, suppressionsKey } from "./queries";

export function useAddSuppression() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["NewSuppression"]) =>
      sendIdempotently("suppression", body, (header) =>
        unwrap(api.POST("/api/v1/mail/suppressions", { body, params: { header } })),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: suppressionsKey }),
    meta: ERROR_HANDLED,
  });
}

export function useRemoveSuppression({ id, version }: Suppression) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        api.DELETE("/api/v1/mail/suppressions/{suppression_id}", {
          params: { path: { suppression_id: id }, header: ifMatch(version) },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: suppressionsKey }),
  });
}
