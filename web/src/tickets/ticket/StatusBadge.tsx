import { Badge, type MantineSize } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Status } from "./queries";

const COLORS: Record<Status, string> = {
  new: "violet",
  open: "blue",
  in_progress: "lake",
  pending: "yellow",
  resolved: "green",
  closed: "gray",
  merged: "gray",
};

export function StatusBadge({ status, size = "sm" }: { readonly status: Status; readonly size?: MantineSize }) {
  const { t } = useTranslation("tickets");
  return (
    <Badge variant="dot" color={COLORS[status]} size={size} tt="none" fw={500} style={{ flexShrink: 0 }}>
      {t(`status.${status}`)}
    </Badge>
  );
}
