import { Button, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AnchorLink } from "@/shell/links";
import { Trouble } from "@/shell/Trouble";
import { fieldErrors } from "@/shell/trouble";
import { useResetPassword } from "./commands";
import { NewPassword } from "./NewPassword";
import { isAcceptable } from "./passwords";

/** Where the link of the mail leads: a new password. */
export function ResetPasswordPage() {
  const { t } = useTranslation("account");
  const { token = "" } = useSearch({ from: "/open/reset-password" });
  const reset = useResetPassword();
  useDocumentTitle(t("reset.title"));
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { password: "" },
    validate: { password: (value) => (isAcceptable(value, "") ? null : t("invalid.password")) },
  });
  return (
    <Stack>
      <Title order={1} size="h3">
        {t("reset.title")}
      </Title>
      {reset.isSuccess ? (
        <Text role="status">{t("reset.done")}</Text>
      ) : (
        <form
          noValidate
          onSubmit={form.onSubmit(({ password }) => {
            reset.mutate(
              { token, password },
              {
                onError: (error) => {
                  form.setErrors(fieldErrors(error, { password: t("invalid.password") }));
                },
              },
            );
          })}
        >
          <Stack>
            <Trouble error={reset.error} />
            <NewPassword label={t("newPassword")} key={form.key("password")} {...form.getInputProps("password")} />
            <Button type="submit" loading={reset.isPending}>
              {t("reset.do")}
            </Button>
          </Stack>
        </form>
      )}
      <AnchorLink to={reset.isError ? "/forgot-password" : "/login"} size="sm" ta="center">
        {reset.isError ? t("reset.again") : t("toLogIn")}
      </AnchorLink>
    </Stack>
  );
}
