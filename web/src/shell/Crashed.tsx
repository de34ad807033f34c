import { Button, Center, EmptyState, Title } from "@mantine/core";
import { IconBug } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** A mistake of ours, or a page of an older version that is no longer there: loading anew helps with both. */
export function Crashed() {
  const { t } = useTranslation("shell");
  return (
    <Center component="main" mih="60vh" p="md">
      <EmptyState
        icon={<IconBug aria-hidden />}
        title={
          <Title order={1} size="h4">
            {t("crashed.title")}
          </Title>
        }
        description={t("crashed.text")}
      >
        <EmptyState.Actions>
          <Button
            variant="default"
            onClick={() => {
              window.location.reload();
            }}
          >
            {t("crashed.reload")}
          </Button>
        </EmptyState.Actions>
      </EmptyState>
    </Center>
  );
}
