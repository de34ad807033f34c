import { Group, Stack } from "@mantine/core";
import { Outlet } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Waiting } from "@/shell/Answer";
import { ButtonLink } from "@/shell/links";
import { Page } from "@/shell/Page";
import classes from "./AccountPage.module.css";

const PARTS = [
  ["/account", "profile"],
  ["/account/security", "security"],
  ["/account/sessions", "sessions"],
  ["/account/notifications", "notifications"],
] as const;

/** Everything about oneself. */
export function AccountPage() {
  const { t } = useTranslation("account");
  return (
    <Page title={t("account.title")} size="sm">
      <Stack gap="xl">
        <Group component="nav" gap={4} aria-label={t("account.title")} className={classes.parts}>
          {PARTS.map(([to, part]) => (
            <ButtonLink
              key={to}
              to={to}
              variant="subtle"
              color="gray"
              size="xs"
              activeOptions={{ exact: true }}
              className={classes.part}
            >
              {t(`account.${part}`)}
            </ButtonLink>
          ))}
        </Group>
        <Suspense fallback={<Waiting />}>
          <Outlet />
        </Suspense>
      </Stack>
    </Page>
  );
}
