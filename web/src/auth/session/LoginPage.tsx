import { Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AnchorLink } from "@/ui/links";
import { LoginForm } from "./LoginForm";

export function LoginPage() {
  const { t } = useTranslation("account");
  const router = useRouter();
  const { next } = useSearch({ from: "/public/login" });
  useDocumentTitle(t("logIn.title"));
  return (
    <Stack>
      <Title order={1} size="h3">
        {t("logIn.title")}
      </Title>
      <LoginForm onDone={() => void router.invalidate()} />
      <Group justify="center" gap={6}>
        <Text size="sm" c="dimmed">
          {t("logIn.noAccount")}
        </Text>
        <AnchorLink to="/signup" search={next === undefined ? {} : { next }} size="sm">
          {t("signUp.title")}
        </AnchorLink>
      </Group>
    </Stack>
  );
}
