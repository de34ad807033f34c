import { IconChevronDown, IconChevronsUp, IconChevronUp, IconMinus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Priority } from "./queries";

const ICONS = {
  low: [IconChevronDown, "var(--mantine-color-dimmed)"],
  normal: [IconMinus, "var(--mantine-color-dimmed)"],
  high: [IconChevronUp, "light-dark(var(--mantine-color-orange-8), var(--mantine-color-orange-4))"],
  urgent: [IconChevronsUp, "var(--mantine-color-error)"],
} as const;

/** Distinguishes priorities by shape and color, with a text for screen readers. */
export function PriorityIcon({ priority }: { readonly priority: Priority }) {
  const { t } = useTranslation("tickets");
  const [Icon, color] = ICONS[priority];
  return (
    <span
      role="img"
      aria-label={t(`priority.${priority}`)}
      title={t(`priority.${priority}`)}
      style={{ display: "inline-flex" }}
    >
      <Icon size={16} color={color} aria-hidden />
    </span>
  );
}
