import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { AnchorLink } from "@/shell/links";
import { Trouble } from "@/shell/Trouble";
import { useForgotPassword } from "./commands";

/** Asks for a link to choose a new password. The answer never says whether there is such an account. */
export function ForgotPasswordPage() {
  const { t } = useTranslation("account");
  const forgot = useForgotPassword();
  useDocumentTitle(t("forgot.title"));
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "" },
    validate: { email: (value) => (value.includes("@") ? null : t("invalid.email")) },
  });
  return (
    <Stack>
      <Title order={1} size="h3">
        {t("forgot.title")}
      </Title>
      {forgot.isSuccess ? (
        <Text role="status">{t("forgot.done")}</Text>
      ) : (
        <form
          noValidate
          onSubmit={form.onSubmit((values) => {
            forgot.mutate(values);
          })}
        >
          <Stack>
            <Text size="sm">{t("forgot.text")}</Text>
            <Trouble error={forgot.error} />
            <TextInput
              label={t("email")}
              type="email"
              autoComplete="username"
              key={form.key("email")}
              {...form.getInputProps("email")}
            />
            <Button type="submit" loading={forgot.isPending}>
              {t("forgot.do")}
            </Button>
          </Stack>
        </form>
      )}
      <AnchorLink to="/login" size="sm" ta="center">
        {t("toLogIn")}
      </AnchorLink>
    </Stack>
  );
}
