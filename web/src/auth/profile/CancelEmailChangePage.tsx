import { Button, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useLinkToken } from "@/auth/linkToken";
import { MissingLinkAlert } from "@/auth/MissingLinkAlert";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { ButtonLink } from "@/ui/links";
import { useCancelEmailChangeByLink } from "./commands";

/** Target of the link in the mail to the former address. It needs a click, because mail scanners open links. */
export function CancelEmailChangePage() {
  const { t } = useTranslation("account");
  const token = useLinkToken("/cancel-email-change");
  const cancel = useCancelEmailChangeByLink();
  useDocumentTitle(t("cancelEmailChange.title"));
  return (
    <Stack>
      <Title order={1} size="h3">
        {t("cancelEmailChange.title")}
      </Title>
      <ErrorAlert error={cancel.error} overrides={{ invalid_token: t("cancelEmailChange.over") }} />
      {cancel.isSuccess ? (
        <>
          <Text role="status">{t("cancelEmailChange.done")}</Text>
          <ButtonLink to="/forgot-password">{t("forgotPassword.title")}</ButtonLink>
        </>
      ) : token === null ? (
        <MissingLinkAlert />
      ) : (
        <>
          <Text size="sm">{t("cancelEmailChange.text")}</Text>
          <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate({ token })}>
            {t("cancelEmailChange.submit")}
          </Button>
        </>
      )}
    </Stack>
  );
}
