import { Button, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/shell/links";
import { Trouble } from "@/shell/Trouble";
import { useVerifyEmail } from "./commands";

/** Where the link of the mail leads. A person presses the button: programs that look at links in mails do not. */
export function VerifyEmailPage() {
  const { t } = useTranslation("account");
  const { token = "" } = useSearch({ from: "/open/verify-email" });
  const verify = useVerifyEmail();
  useDocumentTitle(t("verify.title"));
  return (
    <Stack>
      <Title order={1} size="h3">
        {t("verify.title")}
      </Title>
      <Trouble error={verify.error} />
      {verify.isSuccess ? (
        <>
          <Text role="status">{t("verify.done")}</Text>
          <ButtonLink to="/">{t("verify.go")}</ButtonLink>
        </>
      ) : (
        <>
          <Text size="sm">{t("verify.text")}</Text>
          <Button
            loading={verify.isPending}
            onClick={() => {
              verify.mutate({ token });
            }}
          >
            {t("verify.do")}
          </Button>
        </>
      )}
    </Stack>
  );
}
