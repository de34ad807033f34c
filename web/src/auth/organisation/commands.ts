import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { SHOWN } from "@/api/queries";
import { ownOrganisation } from "./queries";

export function useChangeOrganisation(version: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["OrganisationChange"]) =>
      answer(api.PATCH("/api/v1/organisation", { body, params: { header: ifMatch(version) } })),
    onSuccess: (changed) => {
      queryClient.setQueryData(ownOrganisation.queryKey, changed);
    },
    // Not waited for: the form says what is wrong first, and what is there now after that.
    onError: () => void queryClient.invalidateQueries({ queryKey: ownOrganisation.queryKey }),
    meta: SHOWN,
  });
}
