import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { retryImport } from "@/browser/retryImport";
import { whenIdle } from "@/browser/whenIdle";
import { applyUnreadCount, type Notification, notificationKeys } from "@/notifications/inbox/queries";
import { useNotificationText } from "@/notifications/inbox/useNotificationText";
import { conversation } from "@/tickets/conversation/queries";
import { invalidateLists, invalidateTickets, ticketKeys } from "@/tickets/ticket/queries";
import { hideToast, showToast } from "@/ui/toast";
import type { SharedStream } from "./sharedStream";

export interface LiveNotifications {
  /** Whether this tab has to poll, because there is no stream and no other tab does it. */
  readonly hasToPoll: boolean;
  /** Tells the other tabs what this one polled. */
  readonly shareUnreadCount: (count: number) => void;
}

/**
 * Subscribes to new notifications: updates the inbox, shows a toast and refetches the ticket. When the stream is
 * connected again, what is shown is refetched, because changes meanwhile were missed.
 */
export function useLiveNotifications(): LiveNotifications {
  const { t } = useTranslation("notifications");
  const [connected, setConnected] = useState(false);
  const [leading, setLeading] = useState(false);
  const stream = useRef<SharedStream | null>(null);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const notificationText = useNotificationText();
  const { id } = useCurrentUser();

  useEffect(() => {
    const controller = new AbortController();
    const onNotification = (notification: Notification) => {
      void queryClient.invalidateQueries({ queryKey: notificationKeys.all });
      const { ticket_id: ticketId } = notification;
      if (ticketId !== null) {
        void queryClient.invalidateQueries({ queryKey: ticketKeys.one(ticketId) });
        void queryClient.invalidateQueries({ queryKey: conversation(ticketId).queryKey });
        void invalidateLists(queryClient);
      }
      if (ticketId !== null && window.location.pathname.endsWith(ticketId)) return; // the ticket is open
      showToast({
        id: notification.id,
        title: notificationText(notification),
        message: notification.title,
        autoClose: 8000,
        closeButtonProps: { "aria-label": t("dismiss") },
        ...(ticketId !== null && {
          onClick: () => {
            hideToast(notification.id);
            void navigate({ to: "/tickets/$ticketId", params: { ticketId } });
          },
          style: { cursor: "pointer" },
        }),
      });
    };
    const onConnectionChange = (isConnected: boolean) => {
      setConnected(isConnected);
      if (isConnected) void refetchShown(queryClient);
    };
    const onUnreadCount = (count: number) => applyUnreadCount(queryClient, count);
    const cancelIdle = whenIdle(() => {
      void retryImport(() => import("./sharedStream")).then(({ SharedStream }) => {
        const handlers = { onNotification, onConnectionChange, onLeadershipChange: setLeading, onUnreadCount };
        stream.current = new SharedStream(id, handlers);
        return stream.current.run(controller.signal);
      });
    });
    return () => {
      cancelIdle();
      controller.abort();
    };
  }, [id, queryClient, navigate, notificationText, t]);

  const shareUnreadCount = useCallback((count: number) => stream.current?.shareUnreadCount(count), []);
  return { hasToPoll: leading && !connected, shareUnreadCount };
}

/** Refetches what may have changed while no notification arrived. Queries that nobody shows are only marked as stale. */
export function refetchShown(queryClient: QueryClient): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: notificationKeys.all }),
    invalidateTickets(queryClient),
  ]);
}
