import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { type Preference, preferences, type When } from "./queries";
import { withChoice } from "./withChoice";

/** Sets one preference. The others are sent as cached, because the change before may have been in flight on render. */
export function useSetPreference() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ preference, when }: { readonly preference: Preference; readonly when: When }) => {
      const { items } = await queryClient.query({ ...preferences, staleTime: "static" });
      const choices = withChoice(items, preference, when);
      return unwrap(api.PUT("/api/v1/notifications/preferences", { body: { choices } }));
    },
    scope: { id: "preferences" },
    onSuccess: (view) => queryClient.setQueryData(preferences.queryKey, view),
  });
}
