import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ifMatch, type Schemas, unwrap } from "@/api/client";
import { applyUpdate, latestKnown, peopleKey, type Person } from "./queries";

/** Serial: each change builds on the version that the one before made. */
const mutationScope = ({ id }: Person) => ({ id: `person ${id}` });

/** Changes role, name or active state, based on the latest known version. */
export function useChangePerson(person: Person) {
  const queryClient = useQueryClient();
  return useMutation({
    scope: mutationScope(person),
    mutationFn: (body: Schemas["UserChange"]) => {
      const { id, version } = latestKnown(queryClient, person);
      const params = { path: { user_id: id }, header: ifMatch(version) };
      return unwrap(api.PATCH("/api/v1/users/{user_id}", { body, params }));
    },
    onSuccess: (changed) => applyUpdate(queryClient, changed),
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: peopleKey }); // not awaited, or the next change would wait for it
    },
  });
}

/** Lets in a user who has reached a limit of failed logins. */
export function useUnlock(person: Person) {
  const queryClient = useQueryClient();
  return useMutation({
    scope: mutationScope(person),
    mutationFn: () => unwrap(api.POST("/api/v1/users/{user_id}/unlock", { params: { path: { user_id: person.id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: peopleKey }), // the response has no failed logins
  });
}

/** Disables the second factor of a user who lost phone and recovery codes. */
export function useResetMfa(person: Person) {
  const queryClient = useQueryClient();
  return useMutation({
    scope: mutationScope(person),
    mutationFn: () => unwrap(api.DELETE("/api/v1/users/{user_id}/mfa", { params: { path: { user_id: person.id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: peopleKey }), // the response has no version
  });
}
