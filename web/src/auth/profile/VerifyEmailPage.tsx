import { Button, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isProblem } from "@/api/problem";
import { useLinkToken } from "@/auth/linkToken";
import { MissingLinkAlert } from "@/auth/MissingLinkAlert";
import { PasswordField } from "@/auth/password/PasswordField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { AnchorLink, ButtonLink } from "@/ui/links";
import { useVerifyEmail } from "./commands";

/**
 * Target of the link in the verification mail. It needs a click, because mail scanners open links. In a browser that is
 * not logged in to the account, it also needs the password.
 */
export function VerifyEmailPage() {
  const { t } = useTranslation("account");
  const token = useLinkToken("/verify-email");
  const verify = useVerifyEmail();
  useDocumentTitle(t("verifyEmail.title"));
  const [needsPassword, setNeedsPassword] = useState(false); // also while the answer to a second request is pending
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { password: "" },
    validate: { password: (value) => (needsPassword && value === "" ? t("invalid.passwordMissing") : null) },
  });
  const isAboutPassword = isProblem(verify.error, "password_required", "wrong_password");
  return (
    <Stack>
      <Title order={1} size="h3">
        {t("verifyEmail.title")}
      </Title>
      {!isAboutPassword && <ErrorAlert error={verify.error} />}
      {verify.isSuccess ? (
        <>
          <Text role="status">{t("verifyEmail.done")}</Text>
          <ButtonLink to="/">{t("verifyEmail.continue")}</ButtonLink>
        </>
      ) : token === null ? (
        <MissingLinkAlert />
      ) : (
        <form
          noValidate
          onSubmit={form.onSubmit(({ password }) => {
            verify.mutate(
              { token, ...(password !== "" && { password }) },
              {
                onError: (error) => {
                  if (isProblem(error, "password_required")) setNeedsPassword(true);
                  form.setErrors(fieldErrors(error, { password: t("invalid.passwordWrong") }));
                },
              },
            );
          })}
        >
          <Stack>
            <Text size="sm">{t(needsPassword ? "verifyEmail.passwordText" : "verifyEmail.text")}</Text>
            {needsPassword && (
              <>
                <PasswordField
                  label={t("password")}
                  autoFocus
                  key={form.key("password")}
                  {...form.getInputProps("password")}
                />
                <AnchorLink to="/forgot-password" size="sm">
                  {t("forgotPassword.link")}
                </AnchorLink>
              </>
            )}
            <Button type="submit" loading={verify.isPending}>
              {t("verifyEmail.submit")}
            </Button>
          </Stack>
        </form>
      )}
    </Stack>
  );
}
