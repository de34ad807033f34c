import { Badge, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PasswordField } from "@/auth/password/PasswordField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { useDisableTotp, useRenewRecoveryCodes } from "./commands";
import { RecoveryCodes } from "./RecoveryCodes";

type Operation = "disable" | "renew";

/** Renews the recovery codes or disables TOTP. Both need password and code. */
export function TotpSettings() {
  const { t } = useTranslation(["account", "shell"]);
  const [operation, setOperation] = useState<Operation | null>(null);
  const disable = useDisableTotp();
  const renew = useRenewRecoveryCodes();
  const form = useForm({ mode: "uncontrolled", initialValues: { password: "", code: "" } });

  if (renew.data) return <RecoveryCodes codes={renew.data.recovery_codes} onDone={renew.reset} />;
  return (
    <Stack>
      <Group>
        <Badge color="green" variant="dot">
          {t("mfa.enabled")}
        </Badge>
        <Text size="sm">{t("mfa.enabledText")}</Text>
      </Group>
      {operation === null ? (
        <Group>
          {(["renew", "disable"] as const).map((each) => (
            <Button key={each} variant="default" onClick={() => setOperation(each)}>
              {t(`mfa.${each}`)}
            </Button>
          ))}
        </Group>
      ) : (
        <form
          noValidate
          onSubmit={form.onSubmit((values) => {
            if (operation === "disable") disable.mutate(values);
            else
              renew.mutate(values, {
                onSuccess: () => setOperation(null),
              });
          })}
        >
          <Stack maw={360}>
            <Text size="sm">{t("mfa.confirmIdentity")}</Text>
            <ErrorAlert error={disable.error ?? renew.error} />
            <PasswordField label={t("password")} key={form.key("password")} {...form.getInputProps("password")} />
            <TextInput
              label={t("code.label")}
              autoComplete="one-time-code"
              key={form.key("code")}
              {...form.getInputProps("code")}
            />
            <Group>
              <Button
                type="submit"
                color={operation === "disable" ? "red" : undefined}
                loading={disable.isPending || renew.isPending}
              >
                {t(`mfa.${operation}`)}
              </Button>
              <Button variant="default" onClick={() => setOperation(null)}>
                {t("shell:cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  );
}
