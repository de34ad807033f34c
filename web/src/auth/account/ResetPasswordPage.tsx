import { Button, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useLinkToken } from "@/auth/linkToken";
import { MissingLinkAlert } from "@/auth/MissingLinkAlert";
import { isAcceptablePassword } from "@/auth/password/isAcceptablePassword";
import { NewPasswordField } from "@/auth/password/NewPasswordField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { AnchorLink } from "@/ui/links";
import { useResetPassword } from "./commands";

/** Target of the link in the reset mail. */
export function ResetPasswordPage() {
  const { t } = useTranslation("account");
  const token = useLinkToken("/reset-password");
  const reset = useResetPassword();
  useDocumentTitle(t("resetPassword.title"));
  const needsNewLink = reset.isError || token === null;
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { password: "" },
    validate: { password: (value) => (isAcceptablePassword(value, "") ? null : t("invalid.password")) },
  });
  return (
    <Stack>
      <Title order={1} size="h3">
        {t("resetPassword.title")}
      </Title>
      {reset.isSuccess ? (
        <Text role="status">{t("resetPassword.done")}</Text>
      ) : token === null ? (
        <MissingLinkAlert />
      ) : (
        <form
          noValidate
          onSubmit={form.onSubmit(({ password }) => {
            reset.mutate(
              { token, password },
              {
                onError: (error) => form.setErrors(fieldErrors(error, { password: t("invalid.passwordWeak") })),
              },
            );
          })}
        >
          <Stack>
            <ErrorAlert error={reset.error} />
            <NewPasswordField label={t("newPassword")} key={form.key("password")} {...form.getInputProps("password")} />
            <Button type="submit" loading={reset.isPending}>
              {t("resetPassword.submit")}
            </Button>
          </Stack>
        </form>
      )}
      <AnchorLink to={needsNewLink ? "/forgot-password" : "/login"} size="sm" ta="center">
        {needsNewLink ? t("resetPassword.requestNewLink") : t("backToLogin")}
      </AnchorLink>
    </Stack>
  );
}
