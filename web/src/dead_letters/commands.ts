import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { deadLettersKey, type Service } from "./queries";

/** Has it handled once more; it comes back if that fails again. */
export function useReplay(service: Service) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (sequence: number) =>
      answer(api.POST(`/api/v1/dead-letters/${service}/{sequence}/replay`, { params: { path: { sequence } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: deadLettersKey }),
  });
}

/** Gives it up. */
export function useDiscard(service: Service) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (sequence: number) =>
      answer(api.DELETE(`/api/v1/dead-letters/${service}/{sequence}`, { params: { path: { sequence } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: deadLettersKey }),
  });
}
