import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { choicesWith } from "./choices";
import { type Preference, preferences, type When } from "./queries";

/** Makes one choice; all others stay as they are by then, as the choice before this one may still be under way. */
export function useChoose() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ of, when }: { readonly of: Preference; readonly when: When }) => {
      const { items } = await queryClient.query({ ...preferences, staleTime: "static" });
      const choices = choicesWith(items, of, when);
      return answer(api.PUT("/api/v1/notifications/preferences", { body: { choices } }));
    },
    scope: { id: "preferences" },
    onSuccess: (view) => {
      queryClient.setQueryData(preferences.queryKey, view);
    },
  });
}
