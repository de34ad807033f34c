import { Badge, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Password } from "@/auth/account/Password";
import { Trouble } from "@/shell/Trouble";
import { useDisableTotp, useRenewRecoveryCodes } from "./commands";
import { RecoveryCodes } from "./RecoveryCodes";

type Wanted = "disable" | "renew";

/** The second factor is on: new recovery codes, or off again. Either wants password and code. */
export function TotpIsOn() {
  const { t } = useTranslation(["account", "shell"]);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const disable = useDisableTotp();
  const renew = useRenewRecoveryCodes();
  const form = useForm({ mode: "uncontrolled", initialValues: { password: "", code: "" } });

  if (renew.data) return <RecoveryCodes codes={renew.data.recovery_codes} onDone={renew.reset} />;
  return (
    <Stack>
      <Group>
        <Badge color="green" variant="dot">
          {t("mfa.on")}
        </Badge>
        <Text size="sm">{t("mfa.onText")}</Text>
      </Group>
      {wanted === null ? (
        <Group>
          {(["renew", "disable"] as const).map((what) => (
            <Button
              key={what}
              variant="default"
              onClick={() => {
                setWanted(what);
              }}
            >
              {t(`mfa.${what}`)}
            </Button>
          ))}
        </Group>
      ) : (
        <form
          noValidate
          onSubmit={form.onSubmit((values) => {
            if (wanted === "disable") disable.mutate(values);
            else
              renew.mutate(values, {
                onSuccess: () => {
                  setWanted(null);
                },
              });
          })}
        >
          <Stack maw={360}>
            <Text size="sm">{t("mfa.proof")}</Text>
            <Trouble error={disable.error ?? renew.error} />
            <Password label={t("password")} key={form.key("password")} {...form.getInputProps("password")} />
            <TextInput
              label={t("code.label")}
              autoComplete="one-time-code"
              key={form.key("code")}
              {...form.getInputProps("code")}
            />
            <Group>
              <Button
                type="submit"
                color={wanted === "disable" ? "red" : undefined}
                loading={disable.isPending || renew.isPending}
              >
                {t(`mfa.${wanted}`)}
              </Button>
              <Button
                variant="default"
                onClick={() => {
                  setWanted(null);
                }}
              >
                {t("shell:cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  );
}
