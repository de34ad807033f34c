import { QueryClient, type QueryKey } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { unreadCount } from "@/notifications/inbox/queries";
import { conversation } from "@/tickets/conversation/queries";
import { ticketDetail, ticketList } from "@/tickets/ticket/queries";
import { refetchShown } from "./useLiveNotifications";

it("a page whose stream is connected again refetches tickets, conversations, lists and the unread count", async () => {
  const queryClient = new QueryClient();
  const shown: { readonly queryKey: QueryKey }[] = [
    ticketDetail("one"),
    conversation("one"),
    ticketList({}),
    unreadCount(),
  ];
  for (const { queryKey } of shown) queryClient.setQueryData(queryKey, {});
  await refetchShown(queryClient);
  expect(shown.map(({ queryKey }) => queryClient.getQueryState(queryKey)?.isInvalidated)).toEqual(
    shown.map(() => true),
  );
});
