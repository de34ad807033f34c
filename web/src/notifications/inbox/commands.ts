import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { applyUpdate, type Notification, notificationKeys } from "./queries";

/** Serial, so that the last click wins. */
const MUTATION_SCOPE = { id: "notifications" };

export function useMarkNotification() {
  const queryClient = useQueryClient();
  return useMutation({
    scope: MUTATION_SCOPE,
    mutationFn: ({ id, read }: { readonly id: Notification["id"]; readonly read: boolean }) => {
      const params = { path: { notification_id: id } };
      return read
        ? unwrap(api.POST("/api/v1/notifications/{notification_id}/read", { params }))
        : unwrap(api.POST("/api/v1/notifications/{notification_id}/unread", { params }));
    },
    onSuccess: (marked) => applyUpdate(queryClient, marked),
    onSettled: () => {
      // Not awaited, or the next change would wait for it.
      void queryClient.invalidateQueries({ queryKey: notificationKeys.all });
    },
  });
}

export function useMarkAllRead() {
  const queryClient = useQueryClient();
  return useMutation({
    scope: MUTATION_SCOPE,
    mutationFn: () => unwrap(api.POST("/api/v1/notifications/read-all")),
    onSettled: () => {
      // Not awaited, or the next change would wait for it.
      void queryClient.invalidateQueries({ queryKey: notificationKeys.all });
    },
  });
}
