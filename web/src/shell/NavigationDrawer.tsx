import { Drawer, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NavigationItem } from "./navigation";
import { NavigationLink } from "./NavigationLink";

interface Props {
  readonly items: readonly NavigationItem[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The navigation on small screens. */
export function NavigationDrawer({ items, opened, onClose }: Props) {
  const { t } = useTranslation("shell");
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={t("menu")}
      size="xs"
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Stack component="nav" aria-label={t("menu")} gap={4}>
        {items.map((item) => (
          <NavigationLink key={item.to} item={item} onClick={onClose} />
        ))}
      </Stack>
    </Drawer>
  );
}
