import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { attempt } from "@/api/attempts";
import { SHOWN } from "@/api/queries";
import { type Suppression, suppressionsKey } from "./queries";

export function useAddSuppression() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["NewSuppression"]) =>
      attempt("suppression", body, (header) =>
        answer(api.POST("/api/v1/mail/suppressions", { body, params: { header } })),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: suppressionsKey }),
    meta: SHOWN,
  });
}

export function useRemoveSuppression({ id, version }: Suppression) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      answer(
        api.DELETE("/api/v1/mail/suppressions/{suppression_id}", {
          params: { path: { suppression_id: id }, header: ifMatch(version) },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: suppressionsKey }),
  });
}
