import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { logOut } from "@/auth/session/session";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { QUEUES } from "@/tickets/desk/search";
import { useChangeTicket } from "@/tickets/ticket/commands";
import { ticketDetail } from "@/tickets/ticket/queries";
import { nextStatuses } from "@/tickets/ticket/statuses";
import { navigationItems } from "./navigation";

export interface Command {
  readonly kind: "navigation" | "action";
  readonly name: string;
  readonly run: () => void;
}

interface Commands {
  readonly all: readonly Command[];
  readonly openTicket: (ticketId: string) => void;
}

/** All commands that are available to the user on the current page. */
export function useCommands(): Commands {
  const { t } = useTranslation(["shell", "desk", "tickets"]);
  const user = useCurrentUser();
  const navigate = useNavigate();
  const staff = user.role === "agent" || user.role === "admin";
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === "dark";
  const ticketCommands = useTicketCommands(staff);

  const navigation: Command[] = [
    ...navigationItems(user.role).map(({ to, label }) => ({
      kind: "navigation" as const,
      name: t(label),
      run: () => void navigate({ to }),
    })),
    ...(staff ? QUEUES : []).map((queue) => ({
      kind: "navigation" as const,
      name: `${t("navigation.desk")}: ${t(`desk:queue.${queue}`)}`,
      run: () => void navigate({ to: "/desk", search: { queue } }),
    })),
    { kind: "navigation", name: t("navigation.inbox"), run: () => void navigate({ to: "/inbox" }) },
    { kind: "navigation", name: t("navigation.profile"), run: () => void navigate({ to: "/account" }) },
  ];
  const actions: Command[] = [
    ...ticketCommands,
    {
      kind: "action",
      name: dark ? t("theme.toLight") : t("theme.toDark"),
      run: () => setColorScheme(dark ? "light" : "dark"),
    },
    { kind: "action", name: t("user.logOut"), run: () => void logOut().catch(() => undefined) },
  ];
  return {
    all: [...navigation, ...actions],
    openTicket: (ticketId) => void navigate({ to: "/tickets/$ticketId", params: { ticketId } }),
  };
}

/** Commands for the open ticket. */
function useTicketCommands(staff: boolean): Command[] {
  const { t } = useTranslation(["shell", "desk", "tickets"]);
  const user = useCurrentUser();
  const { ticketId = "" } = useParams({ strict: false });
  const change = useChangeTicket(ticketId, false);
  const ticket = useQueryClient().getQueryData(ticketDetail(ticketId).queryKey);
  if (ticket === undefined || !staff) return [];
  const statuses = nextStatuses(ticket.status).map((status) => ({
    kind: "action" as const,
    name: `${t("tickets:status.label")}: ${t(`tickets:status.${status}`)}`,
    run: () => change.mutate({ status }),
  }));
  const assignToMe: Command = {
    kind: "action",
    name: t("desk:assignToMe"),
    run: () => change.mutate({ assignee: { id: user.id, name: user.name } }),
  };
  return ticket.assignee?.id === user.id ? statuses : [assignToMe, ...statuses];
}
