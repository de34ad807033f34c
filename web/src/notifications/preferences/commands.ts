import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { type Preference, preferenceDefaults, preferences, type Segment, type When } from "./queries";

/** Sets one preference of the user or, with a segment, one default of the organisation. The server keeps the others. */
export function useSetPreference(segment?: Segment) {
  const queryClient = useQueryClient();
  const { queryKey } = segment === undefined ? preferences : preferenceDefaults(segment);
  return useMutation({
    mutationFn: ({ preference, when }: { readonly preference: Preference; readonly when: When }) => {
      const { kind, scope, channel } = preference;
      const body = { choices: [{ kind, scope, channel, when }] };
      return unwrap(
        segment === undefined
          ? api.PUT("/api/v1/notifications/preferences", { body })
          : api.PUT("/api/v1/notifications/preferences/defaults/{segment}", { params: { path: { segment } }, body }),
      );
    },
    scope: { id: queryKey.join(".") },
    onSuccess: (view) => queryClient.setQueryData(queryKey, view),
  });
}
