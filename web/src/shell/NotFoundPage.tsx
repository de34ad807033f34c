import { Center, EmptyState, Title } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/ui/links";

export function NotFoundPage() {
  const { t } = useTranslation("shell");
  return (
    <Center component="main" mih="60vh" p="md">
      <EmptyState
        icon={<IconMapOff aria-hidden />}
        title={
          <Title order={1} size="h4">
            {t("notFound.title")}
          </Title>
        }
        description={t("notFound.text")}
      >
        <EmptyState.Actions>
          <ButtonLink to="/" variant="default">
            {t("notFound.home")}
          </ButtonLink>
        </EmptyState.Actions>
      </EmptyState>
    </Center>
  );
}
