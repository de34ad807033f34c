import { Button, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useLinkToken } from "@/auth/linkToken";
import { MissingLinkAlert } from "@/auth/MissingLinkAlert";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { ButtonLink } from "@/ui/links";
import { useVerifyEmail } from "./commands";

/** Target of the link in the verification mail. It needs a click, because mail scanners open links. */
export function VerifyEmailPage() {
  const { t } = useTranslation("account");
  const token = useLinkToken("/verify-email");
  const verify = useVerifyEmail();
  useDocumentTitle(t("verifyEmail.title"));
  return (
    <Stack>
      <Title order={1} size="h3">
        {t("verifyEmail.title")}
      </Title>
      <ErrorAlert error={verify.error} />
      {verify.isSuccess ? (
        <>
          <Text role="status">{t("verifyEmail.done")}</Text>
          <ButtonLink to="/">{t("verifyEmail.continue")}</ButtonLink>
        </>
      ) : token === null ? (
        <MissingLinkAlert />
      ) : (
        <>
          <Text size="sm">{t("verifyEmail.text")}</Text>
          <Button loading={verify.isPending} onClick={() => verify.mutate({ token })}>
            {t("verifyEmail.submit")}
          </Button>
        </>
      )}
    </Stack>
  );
}
