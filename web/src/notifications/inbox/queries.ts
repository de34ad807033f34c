import { type InfiniteData, infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { PAGED, withItem } from "@/api/queries";
import type { AnswerOf } from "@/api/shapes";

export type Notification = Schemas["NotificationView"];
type InboxPages = InfiniteData<AnswerOf<"list_notifications">, string | null>;
export type Kind = Notification["kind"];

export const notificationKeys = {
  all: ["notifications"] as const,
  inbox: ["notifications", "inbox"] as const,
};

const POLL_SECONDS = 10;

export function inbox(unreadFirst: boolean) {
  return infiniteQueryOptions({
    queryKey: [...notificationKeys.inbox, { unreadFirst }],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/v1/notifications", {
          params: { query: { unread_first: unreadFirst, limit: 30, cursor: pageParam } },
          signal,
        }),
      ),
    ...PAGED,
  });
}

/** Takes up one as it is now, wherever it is shown as it was. */
export function takeUp(queryClient: QueryClient, notification: Notification): void {
  const isIt = ({ id }: Notification) => id === notification.id;
  queryClient.setQueriesData<InboxPages>(
    { queryKey: notificationKeys.inbox },
    (list) => list && withItem(list, notification, isIt),
  );
}

/** How much is new. While nothing comes by itself, it is asked for. */
export function unreadCount(live: boolean) {
  return queryOptions({
    queryKey: ["notifications", "unread"],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/notifications/unread-count", { signal })),
    refetchInterval: live ? false : POLL_SECONDS * 1000,
  });
}
