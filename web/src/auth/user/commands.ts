import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { peopleKey, type Person } from "./queries";

/** Changes somebody's role, name, or whether they may come in at all, from the version that is shown. */
export function useChangePerson({ id, version }: Person) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["PersonChange"]) =>
      answer(
        api.PATCH("/api/v1/users/{user_id}", { body, params: { path: { user_id: id }, header: ifMatch(version) } }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: peopleKey }),
  });
}

/** For somebody who lost their phone and their recovery codes. */
export function useTakeOffSecondFactor({ id }: Person) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/v1/users/{user_id}/mfa", { params: { path: { user_id: id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: peopleKey }),
  });
}
