import { Drawer, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PlaceLink } from "./PlaceLink";
import type { Place } from "./places";

interface Props {
  readonly places: readonly Place[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The menu where there is no room for it. */
export function MenuDrawer({ places, opened, onClose }: Props) {
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
        {places.map((place) => (
          <PlaceLink key={place.to} place={place} onClick={onClose} />
        ))}
      </Stack>
    </Drawer>
  );
}
