import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { newest, peopleKey, type Person, takeUp } from "./queries";

/** One after the other: each builds on the version the one before made. */
const inTurn = ({ id }: Person) => ({ id: `person ${id}` });

/** Changes somebody's role, name, or whether they may come in at all, from the version that is known by then. */
export function useChangePerson(person: Person) {
  const queryClient = useQueryClient();
  return useMutation({
    scope: inTurn(person),
    mutationFn: (body: Schemas["PersonChange"]) => {
      const { id, version } = newest(queryClient, person);
      const params = { path: { user_id: id }, header: ifMatch(version) };
      return answer(api.PATCH("/api/v1/users/{user_id}", { body, params }));
    },
    onSuccess: (changed) => {
      takeUp(queryClient, changed);
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: peopleKey }); // not awaited: the next change would wait for it
    },
  });
}

/** For somebody who lost their phone and their recovery codes. */
export function useTakeOffSecondFactor(person: Person) {
  const queryClient = useQueryClient();
  return useMutation({
    scope: inTurn(person),
    mutationFn: () => answer(api.DELETE("/api/v1/users/{user_id}/mfa", { params: { path: { user_id: person.id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: peopleKey }), // only the list tells the version
  });
}
