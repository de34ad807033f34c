import { Button, Center, EmptyState, Loader, Title } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { restoreSession } from "@/auth/session/session";

const RETRY_SECONDS = 5;

/** Shown while the session cannot be restored because the server is unreachable. Retries automatically. */
export function ServerUnreachablePage() {
  const { t } = useTranslation("shell");
  const [retrying, setRetrying] = useState(false);

  useEffect(() => {
    const timer = setInterval(() => void restoreSession(), RETRY_SECONDS * 1000);
    return () => clearInterval(timer);
  }, []);

  return (
    <Center component="main" mih="100vh" p="md">
      <EmptyState
        icon={retrying ? <Loader size="sm" /> : <IconPlugConnectedX aria-hidden />}
        title={
          <Title order={1} size="h4">
            {t("connection.title")}
          </Title>
        }
        description={t("connection.text")}
      >
        <EmptyState.Actions>
          <Button
            variant="default"
            loading={retrying}
            onClick={() => {
              setRetrying(true);
              void restoreSession().finally(() => setRetrying(false));
            }}
          >
            {t("retry")}
          </Button>
        </EmptyState.Actions>
      </EmptyState>
    </Center>
  );
}
