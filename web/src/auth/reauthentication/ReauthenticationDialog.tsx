import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { PasswordField } from "@/auth/password/PasswordField";
import { profile } from "@/auth/profile/queries";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { useReauthenticate } from "./commands";
import { completeReauthentication } from "./reauthentication";

/** Asks for the password, and for a code if the account has a second factor. The waiting requests continue afterwards. */
export function ReauthenticationDialog() {
  const { t } = useTranslation(["account", "shell"]);
  const me = useQuery(profile);
  const withCode = me.data?.mfa_enabled === true;
  const reauthenticate = useReauthenticate();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { password: "", code: "" },
    validate: {
      password: (value) => (value === "" ? t("invalid.passwordMissing") : null),
      code: (value) => (withCode && value.trim() === "" ? t("invalid.code") : null),
    },
  });
  return (
    <Modal
      opened
      onClose={() => completeReauthentication(false)}
      title={t("reauthentication.title")}
      closeButtonProps={{ "aria-label": t("shell:close") }}
      centered
    >
      <form
        noValidate
        onSubmit={form.onSubmit(({ password, code }) => {
          reauthenticate.mutate(
            { password, ...(withCode && { code: code.trim() }) },
            {
              onSuccess: () => completeReauthentication(true),
              onError: (error) => form.setErrors(fieldErrors(error, { password: t("invalid.passwordWrong") })),
            },
          );
        })}
      >
        <Stack>
          <Text size="sm">{t("reauthentication.text")}</Text>
          <ErrorAlert error={reauthenticate.error} />
          <PasswordField
            label={t("password")}
            data-autofocus
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          {withCode && (
            <TextInput
              label={t("code.label")}
              description={t("code.hint")}
              autoComplete="one-time-code"
              key={form.key("code")}
              {...form.getInputProps("code")}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => completeReauthentication(false)}>
              {t("shell:cancel")}
            </Button>
            <Button type="submit" loading={reauthenticate.isPending}>
              {t("reauthentication.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
