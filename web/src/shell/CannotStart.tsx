import { Button, Center, EmptyState, Loader, Title } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { startSession } from "@/auth/session/session";

const AGAIN_SECONDS = 5;

/** The server cannot be reached, so it is not known who sits here. Tries by itself. */
export function CannotStart() {
  const { t } = useTranslation("shell");
  const [trying, setTrying] = useState(false);

  useEffect(() => {
    const timer = setInterval(() => void startSession(), AGAIN_SECONDS * 1000);
    return () => {
      clearInterval(timer);
    };
  }, []);

  return (
    <Center component="main" mih="100vh" p="md">
      <EmptyState
        icon={trying ? <Loader size="sm" /> : <IconPlugConnectedX aria-hidden />}
        title={
          <Title order={1} size="h4">
            {t("away.title")}
          </Title>
        }
        description={t("away.text")}
      >
        <EmptyState.Actions>
          <Button
            variant="default"
            loading={trying}
            onClick={() => {
              setTrying(true);
              void startSession().finally(() => {
                setTrying(false);
              });
            }}
          >
            {t("retry")}
          </Button>
        </EmptyState.Actions>
      </EmptyState>
    </Center>
  );
}
