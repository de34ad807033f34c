import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { SHOWN } from "@/api/queries";
import { settings } from "./queries";

/** Chooses all of them, from the version that is shown. */
export function useChooseSettings(version: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["SettingsChoice"]) =>
      answer(api.PUT("/api/v1/settings", { body, params: { header: ifMatch(version) } })),
    onSuccess: (chosen) => {
      queryClient.setQueryData(settings.queryKey, chosen);
    },
    // Not waited for: the form says what is wrong first, and what is there now after that.
    onError: () => void queryClient.invalidateQueries({ queryKey: settings.queryKey }),
    meta: SHOWN,
  });
}
