import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useUser } from "@/auth/session/useUser";
import { conversation } from "@/tickets/conversation/queries";
import { afterwards } from "@/shell/afterwards";
import { patiently } from "@/shell/patiently";
import { dropToast, toast } from "@/shell/toast";
import { readListsAgain, ticketKeys } from "@/tickets/ticket/queries";
import { type Notification, notificationKeys } from "../inbox/queries";
import { useSentence } from "../inbox/sentences";

/** Has what is new come by itself: into the inbox, as a toast, and into the ticket it is about. Whether it does now. */
export function useLiveNotifications(): boolean {
  const { t } = useTranslation("notifications");
  const [live, setLive] = useState(false);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const sentence = useSentence();
  const { id } = useUser();

  useEffect(() => {
    const end = new AbortController();
    const onNotification = (notification: Notification) => {
      void queryClient.invalidateQueries({ queryKey: notificationKeys.all });
      const { ticket_id: ticketId } = notification;
      if (ticketId !== null) {
        void queryClient.invalidateQueries({ queryKey: ticketKeys.one(ticketId) });
        void queryClient.invalidateQueries({ queryKey: conversation(ticketId).queryKey });
        void readListsAgain(queryClient);
      }
      if (ticketId !== null && window.location.pathname.endsWith(ticketId)) return; // they are looking at it
      toast({
        id: notification.id,
        title: sentence(notification),
        message: notification.title,
        autoClose: 8000,
        closeButtonProps: { "aria-label": t("dismiss") },
        ...(ticketId !== null && {
          onClick: () => {
            dropToast(notification.id);
            void navigate({ to: "/tickets/$ticketId", params: { ticketId } });
          },
          style: { cursor: "pointer" },
        }),
      });
    };
    const onLive = (now: boolean) => {
      setLive(now);
      if (now) void queryClient.invalidateQueries({ queryKey: notificationKeys.all }); // what came before is not told
    };
    const forget = afterwards(() => {
      void patiently(() => import("./stream")).then(({ listen }) => listen({ onNotification, onLive }, end.signal));
    });
    return () => {
      forget();
      end.abort();
    };
  }, [id, queryClient, navigate, sentence, t]);

  return live;
}
