import { type InfiniteData, infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import type { ResponseOf } from "@/api/operationTypes";
import { CURSOR_PAGING, replaceItem } from "@/api/queryClient";

export type Notification = Schemas["NotificationView"];
type InboxPages = InfiniteData<ResponseOf<"list_notifications">, string | null>;

export const notificationKeys = {
  all: ["notifications"] as const,
  inbox: ["notifications", "inbox"] as const,
};

const POLL_SECONDS = 10;

export function inbox(unreadFirst: boolean) {
  return infiniteQueryOptions({
    queryKey: [...notificationKeys.inbox, { unreadFirst }],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/notifications", {
          params: { query: { unread_first: unreadFirst, limit: 30, cursor: pageParam } },
          signal,
        }),
      ),
    ...CURSOR_PAGING,
  });
}

/** Replaces a notification in all cached lists. */
export function applyUpdate(queryClient: QueryClient, notification: Notification): void {
  const matches = ({ id }: Notification) => id === notification.id;
  queryClient.setQueriesData<InboxPages>(
    { queryKey: notificationKeys.inbox },
    (list) => list && replaceItem(list, notification, matches),
  );
}

/** Number of unread notifications. */
export function unreadCount(poll = false) {
  return queryOptions({
    queryKey: [...notificationKeys.all, "unread"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/notifications/unread-count", { signal })),
    refetchInterval: poll && POLL_SECONDS * 1000,
  });
}

/** Applies a count that another tab polled. The inbox is refetched if it has changed. */
export function applyUnreadCount(queryClient: QueryClient, count: number): void {
  const { queryKey } = unreadCount();
  if (queryClient.getQueryData(queryKey)?.count === count) return;
  queryClient.setQueryData(queryKey, { count });
  void queryClient.invalidateQueries({ queryKey: notificationKeys.inbox });
}
