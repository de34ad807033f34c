import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { isAcceptablePassword } from "@/auth/password/isAcceptablePassword";
import { NewPasswordField } from "@/auth/password/NewPasswordField";
import { PasswordField } from "@/auth/password/PasswordField";
import { profile } from "@/auth/profile/queries";
import { SecurityHistory } from "@/auth/security_history/SecurityHistory";
import { refreshSession, useSession } from "@/auth/session/session";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { lazyComponent } from "@/ui/lazyComponent";
import { LoadingIndicator, QueryResult } from "@/ui/QueryResult";
import { toastSuccess } from "@/ui/toast";
import { useChangePassword } from "./commands";

const TotpSetup = lazyComponent(() => import("@/auth/mfa/TotpSetup"), "TotpSetup");
const TotpSettings = lazyComponent(() => import("@/auth/mfa/TotpSettings"), "TotpSettings");

export function SecurityTab() {
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
      {!required && <ChangePasswordForm />}
      {!required && <SecurityHistory />}
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
      <Suspense fallback={<LoadingIndicator />}>
        <QueryResult query={me}>
          {({ mfa_enabled }) =>
            mfa_enabled && !settingUp ? (
              <TotpSettings />
            ) : (
              <div onFocus={() => setSettingUp(true)}>
                <Text size="sm" mb="md">
                  {t("mfa.text")}
                </Text>
                <TotpSetup
                  onDone={() => {
                    setSettingUp(false);
                    void refreshSession().then(
                      () => queryClient.invalidateQueries(),
                      () => undefined, // offline; the token is refreshed before it expires anyway
                    );
                  }}
                />
              </div>
            )
          }
        </QueryResult>
      </Suspense>
    </Stack>
  );
}

function ChangePasswordForm() {
  const { t } = useTranslation(["account", "shell"]);
  const change = useChangePassword();
  const me = useQuery(profile);
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { current_password: "", new_password: "" },
    validate: {
      current_password: (value) => (value === "" ? t("invalid.passwordMissing") : null),
      new_password: (value) => (isAcceptablePassword(value, me.data?.email ?? "") ? null : t("invalid.password")),
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        change.mutate(values, {
          onSuccess: () => {
            form.reset();
            toastSuccess(t("security.passwordChanged"));
          },
          onError: (error) => {
            form.setErrors(
              fieldErrors(error, {
                current_password: t("invalid.passwordWrong"),
                new_password: t("invalid.passwordWeak"),
              }),
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
        <ErrorAlert error={change.error} />
        <PasswordField
          label={t("currentPassword")}
          key={form.key("current_password")}
          {...form.getInputProps("current_password")}
        />
        <NewPasswordField
          label={t("newPassword")}
          key={form.key("new_password")}
          {...form.getInputProps("new_password")}
        />
        <Group>
          <Button type="submit" loading={change.isPending}>
            {t("security.change")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
