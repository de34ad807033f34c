import { Button, Center, EmptyState, Title } from "@mantine/core";
import { IconBug } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** An unexpected error, or a chunk of an older release that no longer exists. Reloading helps with both. */
export function ErrorPage() {
  const { t } = useTranslation("shell");
  return (
    <Center component="main" mih="60vh" p="md">
      <EmptyState
        icon={<IconBug aria-hidden />}
        title={
          <Title order={1} size="h4">
            {t("errorPage.title")}
          </Title>
        }
        description={t("errorPage.text")}
      >
        <EmptyState.Actions>
          <Button variant="default" onClick={() => window.location.reload()}>
            {t("errorPage.reload")}
          </Button>
        </EmptyState.Actions>
      </EmptyState>
    </Center>
  );
}
