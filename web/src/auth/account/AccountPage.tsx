import { Group, Stack } from "@mantine/core";
import { Outlet } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/ui/links";
import { Page } from "@/ui/Page";
import { LoadingIndicator } from "@/ui/QueryResult";
import classes from "./AccountPage.module.css";

const TABS = [
  ["/account", "profile"],
  ["/account/security", "security"],
  ["/account/sessions", "sessions"],
  ["/account/notifications", "notifications"],
] as const;

export function AccountPage() {
  const { t } = useTranslation("account");
  return (
    <Page title={t("account.title")} size="sm">
      <Stack gap="xl">
        <Group component="nav" gap={4} aria-label={t("account.title")} className={classes.tabs}>
          {TABS.map(([to, tab]) => (
            <ButtonLink
              key={to}
              to={to}
              variant="subtle"
              color="gray"
              size="xs"
              activeOptions={{ exact: true }}
              className={classes.tab}
            >
              {t(`account.${tab}`)}
            </ButtonLink>
          ))}
        </Group>
        <Suspense fallback={<LoadingIndicator />}>
          <Outlet />
        </Suspense>
      </Stack>
    </Page>
  );
}
