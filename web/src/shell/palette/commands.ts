import { useMantineColorScheme, useComputedColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { logOut } from "@/auth/session/session";
import { useUser } from "@/auth/session/useUser";
import { placesOf } from "@/shell/places";
import { QUEUES } from "@/tickets/desk/filters";
import { useChangeTicket } from "@/tickets/ticket/commands";
import { oneTicket } from "@/tickets/ticket/queries";
import { following } from "@/tickets/ticket/statuses";

/** Something that can be done by typing its name. */
export interface Command {
  readonly kind: "go" | "do";
  readonly name: string;
  readonly run: () => void;
}

interface Commands {
  readonly all: readonly Command[];
  readonly openTicket: (ticketId: string) => void;
}

/** Everything that whoever is here can do from here. */
export function useCommands(): Commands {
  const { t } = useTranslation(["shell", "desk", "tickets"]);
  const user = useUser();
  const navigate = useNavigate();
  const staff = user.role === "agent" || user.role === "admin";
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === "dark";
  const ofTicket = useTicketCommands(staff);

  const go: Command[] = [
    ...placesOf(user.role).map(({ to, label }) => ({
      kind: "go" as const,
      name: t(label),
      run: () => void navigate({ to }),
    })),
    ...(staff ? QUEUES : []).map((queue) => ({
      kind: "go" as const,
      name: `${t("places.desk")}: ${t(`desk:queue.${queue}`)}`,
      run: () => void navigate({ to: "/desk", search: { queue } }),
    })),
    { kind: "go", name: t("places.inbox"), run: () => void navigate({ to: "/inbox" }) },
    { kind: "go", name: t("places.profile"), run: () => void navigate({ to: "/account" }) },
  ];
  const run: Command[] = [
    ...ofTicket,
    {
      kind: "do",
      name: dark ? t("theme.toLight") : t("theme.toDark"),
      run: () => {
        setColorScheme(dark ? "light" : "dark");
      },
    },
    { kind: "do", name: t("user.logOut"), run: () => void logOut().catch(() => undefined) },
  ];
  return {
    all: [...go, ...run],
    openTicket: (ticketId) => void navigate({ to: "/tickets/$ticketId", params: { ticketId } }),
  };
}

/** What can be done about the ticket that is open. */
function useTicketCommands(staff: boolean): Command[] {
  const { t } = useTranslation(["shell", "desk", "tickets"]);
  const user = useUser();
  const { ticketId = "" } = useParams({ strict: false });
  const change = useChangeTicket(ticketId, false);
  const ticket = useQueryClient().getQueryData(oneTicket(ticketId).queryKey);
  if (ticket === undefined || !staff) return [];
  const statuses = following(ticket.status).map((status) => ({
    kind: "do" as const,
    name: `${t("tickets:status.label")}: ${t(`tickets:status.${status}`)}`,
    run: () => {
      change.mutate({ status });
    },
  }));
  const toMe: Command = {
    kind: "do",
    name: t("desk:assignToMe"),
    run: () => {
      change.mutate({ assignee: { id: user.id, name: user.name } });
    },
  };
  return ticket.assignee?.id === user.id ? statuses : [toMe, ...statuses];
}
