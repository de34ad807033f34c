import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ifMatch, type Schemas, unwrap } from "@/api/client";
import { ERROR_HANDLED } from "@/api/queryClient";
import { settings } from "./queries";

/** Replaces all settings, based on `version`. */
export function useUpdateSettings(version: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["SettingsUpdate"]) =>
      unwrap(api.PUT("/api/v1/settings", { body, params: { header: ifMatch(version) } })),
    onSuccess: (chosen) => queryClient.setQueryData(settings.queryKey, chosen),
    // Not awaited: the form shows the error first and the current values afterwards.
    onError: () => void queryClient.invalidateQueries({ queryKey: settings.queryKey }),
    meta: ERROR_HANDLED,
  });
}
