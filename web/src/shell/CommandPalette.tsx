import "@mantine/spotlight/styles.css";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconArrowRight, IconBolt, IconSearch, IconTicket } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { searchTickets } from "@/tickets/ticket/queries";
import { StatusBadge } from "@/tickets/ticket/StatusBadge";
import { type Command, useCommands } from "./paletteCommands";

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function CommandPalette({ opened, onClose }: Props) {
  const { t } = useTranslation("shell");
  const [[store, spotlight]] = useState(createSpotlight);
  const [typed, setTyped] = useState("");
  const [searchText] = useDebouncedValue(typed.trim(), 200);
  const commands = useCommands();
  const tickets = useQuery({ ...searchTickets(searchText), enabled: opened && searchText.length > 1 });
  const matching = useMemo(() => matches(commands, typed), [commands, typed]);

  useEffect(() => {
    if (opened) spotlight.open();
    else spotlight.close();
  }, [opened, spotlight]);

  const groups = (["navigation", "action"] as const).map(
    (kind) => [kind, matching.filter((command) => command.kind === kind)] as const,
  );
  const ticketCommands = tickets.data?.items ?? [];
  return (
    <Spotlight.Root
      store={store}
      query={typed}
      onQueryChange={setTyped}
      onSpotlightClose={onClose}
      shortcut={null}
      scrollable
      attributes={{ content: { "aria-label": t("palette.open") } }}
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder={t("palette.search")}
        aria-label={t("palette.search")}
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {groups.map(
          ([kind, command]) =>
            command.length > 0 && (
              <Spotlight.ActionsGroup key={kind} label={t(`palette.${kind}`)}>
                {command.map(({ name, run }) => (
                  <Spotlight.Action
                    key={name}
                    label={name}
                    leftSection={
                      kind === "navigation" ? (
                        <IconArrowRight size={16} aria-hidden />
                      ) : (
                        <IconBolt size={16} aria-hidden />
                      )
                    }
                    onClick={run}
                  />
                ))}
              </Spotlight.ActionsGroup>
            ),
        )}
        {ticketCommands.length > 0 && (
          <Spotlight.ActionsGroup label={t("palette.tickets")}>
            {ticketCommands.map((ticket) => (
              <Spotlight.Action
                key={ticket.id}
                label={`#${String(ticket.number)} ${ticket.title}`}
                description={ticket.requester.name}
                leftSection={<IconTicket size={16} aria-hidden />}
                rightSection={<StatusBadge status={ticket.status} />}
                onClick={() => commands.openTicket(ticket.id)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {matching.length === 0 && ticketCommands.length === 0 && (
          <Spotlight.Empty>{t("palette.noResults")}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Commands whose name contains every typed word. */
function matches({ all }: { readonly all: readonly Command[] }, typed: string): readonly Command[] {
  const words = typed.toLowerCase().split(/\s+/);
  return all.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
}
