import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { renewSession, useSession } from "@/auth/session/session";
import { Answer, Waiting } from "@/shell/Answer";
import { toastDone } from "@/shell/toast";
import { Trouble } from "@/shell/Trouble";
import { fieldErrors } from "@/shell/trouble";
import { useChangePassword } from "./commands";
import { NewPassword } from "./NewPassword";
import { Password } from "./Password";
import { isAcceptable } from "./passwords";
import { profile } from "./queries";
import { patiently } from "@/shell/patiently";

const SetUpTotp = lazy(async () => ({ default: (await patiently(() => import("@/auth/mfa/SetUpTotp"))).SetUpTotp }));
const TotpIsOn = lazy(async () => ({ default: (await patiently(() => import("@/auth/mfa/TotpIsOn"))).TotpIsOn }));

/** Second factor and password. */
export function SecurityPart() {
  const { t } = useTranslation("account");
  const session = useSession();
  const required = session.state === "active" && session.mfaSetupRequired;
  return (
    <Stack gap="xl">
      {required && (
        <Alert color="yellow" role="alert">
          <Text size="sm">{t("mfa.required")}</Text>
        </Alert>
      )}
      <SecondFactor />
      {!required && <ChangePassword />}
    </Stack>
  );
}

function SecondFactor() {
  const { t } = useTranslation("account");
  const me = useQuery(profile);
  const queryClient = useQueryClient();
  const [settingUp, setSettingUp] = useState(false);
  return (
    <Stack>
      <Title order={2} size="h4">
        {t("mfa.title")}
      </Title>
      <Suspense fallback={<Waiting />}>
        <Answer of={me}>
          {({ mfa_enabled }) =>
            mfa_enabled && !settingUp ? (
              <TotpIsOn />
            ) : (
              <div
                onFocus={() => {
                  setSettingUp(true);
                }}
              >
                <Text size="sm" mb="md">
                  {t("mfa.text")}
                </Text>
                <SetUpTotp
                  onDone={() => {
                    setSettingUp(false);
                    void renewSession().then(
                      () => queryClient.invalidateQueries(),
                      () => undefined, // without a network; the token is renewed before it ends anyway
                    );
                  }}
                />
              </div>
            )
          }
        </Answer>
      </Suspense>
    </Stack>
  );
}

function ChangePassword() {
  const { t } = useTranslation(["account", "shell"]);
  const change = useChangePassword();
  const me = useQuery(profile);
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { current_password: "", new_password: "" },
    validate: {
      current_password: (value) => (value === "" ? t("invalid.passwordMissing") : null),
      new_password: (value) => (isAcceptable(value, me.data?.email ?? "") ? null : t("invalid.password")),
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        change.mutate(values, {
          onSuccess: () => {
            form.reset();
            toastDone(t("security.passwordChanged"));
          },
          onError: (error) => {
            form.setErrors(
              fieldErrors(error, { current_password: t("invalid.passwordWrong"), new_password: t("invalid.password") }),
            );
          },
        });
      })}
    >
      <Stack maw={400}>
        <Title order={2} size="h4">
          {t("security.password")}
        </Title>
        <Text size="sm">{t("security.passwordText")}</Text>
        <Trouble error={change.error} />
        <Password
          label={t("currentPassword")}
          key={form.key("current_password")}
          {...form.getInputProps("current_password")}
        />
        <NewPassword label={t("newPassword")} key={form.key("new_password")} {...form.getInputProps("new_password")} />
        <Group>
          <Button type="submit" loading={change.isPending}>
            {t("security.change")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
