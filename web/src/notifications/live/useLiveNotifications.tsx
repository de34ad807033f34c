import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { retryImport } from "@/browser/retryImport";
import { whenIdle } from "@/browser/whenIdle";
import { type Notification, notificationKeys } from "@/notifications/inbox/queries";
import { useNotificationText } from "@/notifications/inbox/useNotificationText";
import { conversation } from "@/tickets/conversation/queries";
import { invalidateLists, ticketKeys } from "@/tickets/ticket/queries";
import { hideToast, showToast } from "@/ui/toast";

/**
 * Subscribes to new notifications: updates the inbox, shows a toast and refetches the ticket. Returns whether the
 * stream is connected.
 */
export function useLiveNotifications(): boolean {
  const { t } = useTranslation("notifications");
  const [connected, setConnected] = useState(false);
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
    const onConnectionChange = (connected: boolean) => {
      setConnected(connected);
      // The stream starts with new notifications only.
      if (connected) void queryClient.invalidateQueries({ queryKey: notificationKeys.all });
    };
    const cancelIdle = whenIdle(() => {
      void retryImport(() => import("./stream")).then(({ consumeStream }) =>
        consumeStream({ onNotification, onConnectionChange }, controller.signal),
      );
    });
    return () => {
      cancelIdle();
      controller.abort();
    };
  }, [id, queryClient, navigate, notificationText, t]);

  return connected;
}
