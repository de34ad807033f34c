import { ActionIcon, Anchor, Box, Burger, Group, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import i18next from "i18next";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/auth/session/session";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { whenIdle } from "@/browser/whenIdle";
import { Bell } from "@/notifications/bell/Bell";
import { lazyComponent } from "@/ui/lazyComponent";
import { LoadingIndicator } from "@/ui/QueryResult";
import classes from "./AppLayout.module.css";
import { ConnectionBanner } from "./ConnectionBanner";
import { Logo } from "./Logo";
import { navigationItems } from "./navigation";
import { NavigationLink } from "./NavigationLink";
import { useCommandPalette } from "./useCommandPalette";
import { UserMenu } from "./UserMenu";

const NavigationDrawer = lazyComponent(() => import("./NavigationDrawer"), "NavigationDrawer");

/** Loaded while the browser is idle, so that it opens at once and even offline. */
const PRELOADED = [
  () => import("./NavigationDrawer"),
  () => import("./UserMenuDropdown"),
  () => import("@/notifications/bell/BellPopover"),
  () => import("@/auth/session/SessionExpiredDialog"),
  () => i18next.loadNamespaces("account"),
];

/** Loads the chunks one by one, each when the browser is idle. */
function preloadWhenIdle([load, ...rest]: readonly (() => Promise<unknown>)[] = PRELOADED): () => void {
  return whenIdle(() => {
    void load?.().then(
      () => preloadWhenIdle(rest),
      () => undefined, // loaded on demand later
    );
  });
}

/** The frame of all pages for logged-in users. */
export function AppLayout() {
  const { t } = useTranslation("shell");
  const user = useCurrentUser();
  const session = useSession();
  const restricted = session.state === "active" && session.mfaSetupRequired;
  const [drawer, setDrawer] = useState<"unloaded" | "open" | "closed">("unloaded");
  const { palette, open } = useCommandPalette();
  const items = navigationItems(user.role);
  useEffect(() => preloadWhenIdle(), []);

  return (
    <Box className={classes.frame}>
      <Anchor href="#content" className="skip-link">
        {t("skipToContent")}
      </Anchor>
      <header className={classes.header}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="lg" wrap="nowrap">
            <Burger
              opened={drawer === "open"}
              onClick={() => setDrawer("open")}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("menu")}
            />
            <UnstyledButton component={Link} to="/" aria-label={t("home")}>
              <Logo />
            </UnstyledButton>
            <Group component="nav" aria-label={t("menu")} gap={4} visibleFrom="sm" wrap="nowrap">
              {items.map((item) => (
                <NavigationLink key={item.to} item={item} />
              ))}
            </Group>
          </Group>
          <Group gap="sm" wrap="nowrap">
            {!restricted && (
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("palette.open")} onClick={open}>
                <IconSearch size={20} aria-hidden />
              </ActionIcon>
            )}
            {!restricted && <Bell />}
            <UserMenu user={user} />
          </Group>
        </Group>
      </header>
      <ConnectionBanner />
      <Suspense>
        {drawer !== "unloaded" && (
          <NavigationDrawer items={items} opened={drawer === "open"} onClose={() => setDrawer("closed")} />
        )}
      </Suspense>
      <main id="content" tabIndex={-1} className={classes.content}>
        <Suspense fallback={<LoadingIndicator />}>
          <Outlet />
        </Suspense>
      </main>
      {palette}
    </Box>
  );
}
