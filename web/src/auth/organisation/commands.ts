import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ifMatch, type Schemas, unwrap } from "@/api/client";
import { ERROR_HANDLED } from "@/api/queryClient";
import { ownOrganisation } from "./queries";

export function useChangeOrganisation(version: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["OwnOrganisationChange"]) =>
      unwrap(api.PATCH("/api/v1/organisation", { body, params: { header: ifMatch(version) } })),
    onSuccess: (changed) => queryClient.setQueryData(ownOrganisation.queryKey, changed),
    // Not awaited: the form shows the error first and the current values afterwards.
    onError: () => void queryClient.invalidateQueries({ queryKey: ownOrganisation.queryKey }),
    meta: ERROR_HANDLED,
  });
}
