import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { type Preference, preferences, type When } from "./queries";

/** Sets one preference. The server keeps the others. */
export function useSetPreference() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ preference, when }: { readonly preference: Preference; readonly when: When }) => {
      const { kind, scope, channel } = preference;
      const choices = [{ kind, scope, channel, when }];
      return unwrap(api.PUT("/api/v1/notifications/preferences", { body: { choices } }));
    },
    scope: { id: "preferences" },
    onSuccess: (view) => queryClient.setQueryData(preferences.queryKey, view),
  });
}
