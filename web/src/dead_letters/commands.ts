import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { deadLettersKey, type Service } from "./queries";

/** Replays the event. It comes back as a new dead letter if it fails again. */
export function useReplayDeadLetter(service: Service) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (sequence: number) =>
      unwrap(api.POST(`/api/v1/dead-letters/${service}/{sequence}/replay`, { params: { path: { sequence } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: deadLettersKey }),
  });
}

export function useDiscardDeadLetter(service: Service) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (sequence: number) =>
      unwrap(api.DELETE(`/api/v1/dead-letters/${service}/{sequence}`, { params: { path: { sequence } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: deadLettersKey }),
  });
}
