import i18next from "i18next";
import { ActionIcon, Anchor, Box, Burger, Group, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/auth/session/session";
import { useUser } from "@/auth/session/useUser";
import { Bell } from "@/notifications/inbox/Bell";
import { afterwards } from "./afterwards";
import { Waiting } from "./Answer";
import classes from "./AppLayout.module.css";
import { AwayBanner } from "./AwayBanner";
import { Mark } from "./Mark";
import { usePalette } from "./palette/usePalette";
import { PlaceLink } from "./PlaceLink";
import { placesOf } from "./places";
import { patiently } from "./patiently";
import { UserMenu } from "./UserMenu";

const MenuDrawer = lazy(async () => ({ default: (await patiently(() => import("./MenuDrawer"))).MenuDrawer }));

/** What is opened from here, fetched while there is time: it is there at once, and even when the network is not. */
const OPENED_LATER = [
  () => import("./MenuDrawer"),
  () => import("./OpenUserMenu"),
  () => import("@/notifications/inbox/OpenBell"),
  () => import("@/auth/session/SessionExpired"),
  () => i18next.loadNamespaces("account"),
];

/** One after another, each when there is time again. */
function loadLater([load, ...others]: readonly (() => Promise<unknown>)[] = OPENED_LATER): () => void {
  return afterwards(() => {
    void load?.().then(
      () => loadLater(others),
      () => undefined, // asked for again when it is wanted
    );
  });
}

/** The frame around every page of somebody who is logged in. */
export function AppLayout() {
  const { t } = useTranslation("shell");
  const user = useUser();
  const session = useSession();
  const limited = session.state === "active" && session.mfaSetupRequired;
  const [menu, setMenu] = useState<"never" | "open" | "closed">("never");
  const { palette, open } = usePalette();
  const places = placesOf(user.role);
  useEffect(() => loadLater(), []);

  return (
    <Box className={classes.frame}>
      <Anchor href="#content" className="skip-link">
        {t("skip")}
      </Anchor>
      <header className={classes.header}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="lg" wrap="nowrap">
            <Burger
              opened={menu === "open"}
              onClick={() => {
                setMenu("open");
              }}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("menu")}
            />
            <UnstyledButton component={Link} to="/" aria-label={t("home")}>
              <Mark />
            </UnstyledButton>
            <Group component="nav" aria-label={t("menu")} gap={4} visibleFrom="sm" wrap="nowrap">
              {places.map((place) => (
                <PlaceLink key={place.to} place={place} />
              ))}
            </Group>
          </Group>
          <Group gap="sm" wrap="nowrap">
            {!limited && (
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("palette.open")} onClick={open}>
                <IconSearch size={20} aria-hidden />
              </ActionIcon>
            )}
            {!limited && <Bell />}
            <UserMenu user={user} />
          </Group>
        </Group>
      </header>
      <AwayBanner />
      <Suspense>
        {menu !== "never" && (
          <MenuDrawer
            places={places}
            opened={menu === "open"}
            onClose={() => {
              setMenu("closed");
            }}
          />
        )}
      </Suspense>
      <main id="content" tabIndex={-1} className={classes.content}>
        <Suspense fallback={<Waiting />}>
          <Outlet />
        </Suspense>
      </main>
      {palette}
    </Box>
  );
}
