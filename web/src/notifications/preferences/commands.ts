import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { type Preference, preferences, type When } from "./queries";

/** Makes one choice; all others stay as they are. */
export function useChoose(all: readonly Preference[]) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ of, when }: { readonly of: Preference; readonly when: When }) => {
      const after = all.map((each) => (each === of ? { ...each, when, chosen: true } : each));
      const choices = after
        .filter(({ chosen }) => chosen)
        .map(({ kind, scope, channel, when: at }) => ({ kind, scope, channel, when: at }));
      return answer(api.PUT("/api/v1/notifications/preferences", { body: { choices } }));
    },
    scope: { id: "preferences" },
    onSuccess: (view) => {
      queryClient.setQueryData(preferences.queryKey, view);
    },
  });
}
