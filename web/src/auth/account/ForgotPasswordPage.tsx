import { Button, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { EmailField } from "@/ui/EmailField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { AnchorLink } from "@/ui/links";
import { useForgotPassword } from "./commands";

/** Requests a reset link. The response does not reveal whether the account exists. */
export function ForgotPasswordPage() {
  const { t } = useTranslation("account");
  const forgot = useForgotPassword();
  useDocumentTitle(t("forgotPassword.title"));
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "" },
    validate: { email: (value) => (value.includes("@") ? null : t("invalid.email")) },
  });
  return (
    <Stack>
      <Title order={1} size="h3">
        {t("forgotPassword.title")}
      </Title>
      {forgot.isSuccess ? (
        <Text role="status">{t("forgotPassword.done")}</Text>
      ) : (
        <form noValidate onSubmit={form.onSubmit((values) => forgot.mutate(values))}>
          <Stack>
            <Text size="sm">{t("forgotPassword.text")}</Text>
            <ErrorAlert error={forgot.error} />
            <EmailField
              label={t("email")}
              autoComplete="username"
              key={form.key("email")}
              {...form.getInputProps("email")}
            />
            <Button type="submit" loading={forgot.isPending}>
              {t("forgotPassword.submit")}
            </Button>
          </Stack>
        </form>
      )}
      <AnchorLink to="/login" size="sm" ta="center">
        {t("backToLogin")}
      </AnchorLink>
    </Stack>
  );
}
