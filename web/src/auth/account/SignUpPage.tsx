import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { nameProblem } from "@/auth/name/nameProblem";
import { isAcceptablePassword } from "@/auth/password/isAcceptablePassword";
import { NewPasswordField } from "@/auth/password/NewPasswordField";
import { EmailField } from "@/ui/EmailField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { AnchorLink } from "@/ui/links";
import { useSignUp } from "./commands";

export function SignUpPage() {
  const { t } = useTranslation("account");
  const { next } = useSearch({ from: "/public/signup" });
  const signUp = useSignUp();
  useDocumentTitle(t("signUp.title"));
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", email: "", password: "" },
    validate: {
      name: (value) => {
        const problem = nameProblem(value);
        return problem === null ? null : t(`invalid.${problem}`);
      },
      email: (value) => (value.includes("@") ? null : t("invalid.email")),
      password: (value, { email }) => (isAcceptablePassword(value, email) ? null : t("invalid.password")),
    },
  });

  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        signUp.mutate(values, {
          onError: (error) =>
            form.setErrors(fieldErrors(error, { email: t("invalid.email"), password: t("invalid.passwordWeak") })),
        });
      })}
    >
      <Stack>
        <Title order={1} size="h3">
          {t("signUp.title")}
        </Title>
        <ErrorAlert error={signUp.error} />
        <TextInput label={t("name")} autoComplete="name" key={form.key("name")} {...form.getInputProps("name")} />
        <EmailField
          label={t("email")}
          autoComplete="username"
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <NewPasswordField label={t("password")} key={form.key("password")} {...form.getInputProps("password")} />
        <Button type="submit" loading={signUp.isPending} fullWidth>
          {t("signUp.submit")}
        </Button>
        <Group justify="center" gap={6}>
          <Text size="sm" c="dimmed">
            {t("signUp.haveAccount")}
          </Text>
          <AnchorLink to="/login" search={next === undefined ? {} : { next }} size="sm">
            {t("logIn.title")}
          </AnchorLink>
        </Group>
      </Stack>
    </form>
  );
}
