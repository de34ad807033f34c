import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { type Notification, notificationKeys, takeUp } from "./queries";

/** One after the other: what was pressed last is what holds. */
const IN_TURN = { id: "notifications" };

export function useMark() {
  const queryClient = useQueryClient();
  return useMutation({
    scope: IN_TURN,
    mutationFn: ({ id, read }: { readonly id: Notification["id"]; readonly read: boolean }) => {
      const params = { path: { notification_id: id } };
      return read
        ? answer(api.POST("/api/v1/notifications/{notification_id}/read", { params }))
        : answer(api.POST("/api/v1/notifications/{notification_id}/unread", { params }));
    },
    onSuccess: (marked) => {
      takeUp(queryClient, marked);
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: notificationKeys.all }); // not awaited: the next would wait for it
    },
  });
}

export function useMarkAllRead() {
  const queryClient = useQueryClient();
  return useMutation({
    scope: IN_TURN,
    mutationFn: () => answer(api.POST("/api/v1/notifications/read-all")),
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: notificationKeys.all }); // not awaited: the next would wait for it
    },
  });
}
