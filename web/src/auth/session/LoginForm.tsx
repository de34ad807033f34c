import { Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PasswordField } from "@/auth/password/PasswordField";
import { EmailField } from "@/ui/EmailField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { AnchorLink } from "@/ui/links";
import { useLogIn, useVerifyMfaCode } from "./commands";

interface Props {
  /** Fixed address of a user whose session expired. */
  readonly email?: string;
  readonly onDone: () => void;
}

/** Email and password, then a code if the account has a second factor. */
export function LoginForm({ email, onDone }: Props) {
  const [mfaToken, setMfaToken] = useState<string | null>(null);
  if (mfaToken !== null) {
    return <CodeForm mfaToken={mfaToken} onDone={onDone} onBack={() => setMfaToken(null)} />;
  }
  return <PasswordForm email={email} onDone={onDone} onMfaRequired={setMfaToken} />;
}

function PasswordForm({
  email,
  onDone,
  onMfaRequired,
}: Props & { readonly onMfaRequired: (mfaToken: string) => void }) {
  const { t } = useTranslation("account");
  const logIn = useLogIn();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: email ?? "", password: "" },
    validate: {
      email: (value) => (value.includes("@") ? null : t("invalid.email")),
      password: (value) => (value === "" ? t("invalid.passwordMissing") : null),
    },
  });

  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        logIn.mutate(values, {
          onSuccess: (loggedIn) => {
            if ("mfa_token" in loggedIn) onMfaRequired(loggedIn.mfa_token);
            else onDone();
          },
        });
      })}
    >
      <Stack>
        <ErrorAlert error={logIn.error} />
        <EmailField
          label={t("email")}
          autoComplete="username"
          readOnly={email !== undefined}
          data-autofocus={email === undefined || undefined}
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <PasswordField
          label={t("password")}
          data-autofocus={email !== undefined || undefined}
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={logIn.isPending} fullWidth>
          {t("logIn.submit")}
        </Button>
        {email === undefined && (
          <AnchorLink to="/forgot-password" size="sm" ta="center">
            {t("forgotPassword.link")}
          </AnchorLink>
        )}
      </Stack>
    </form>
  );
}

interface CodeProps {
  readonly mfaToken: string;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

function CodeForm({ mfaToken, onDone, onBack }: CodeProps) {
  const { t } = useTranslation("account");
  const verifyCode = useVerifyMfaCode();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { code: "" },
    validate: { code: (value) => (value.trim() === "" ? t("invalid.code") : null) },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ code }) =>
        verifyCode.mutate({ mfa_token: mfaToken, code: code.trim() }, { onSuccess: onDone }),
      )}
    >
      <Stack>
        <Text size="sm">{t("code.text")}</Text>
        <ErrorAlert error={verifyCode.error} />
        <TextInput
          label={t("code.label")}
          description={t("code.hint")}
          autoComplete="one-time-code"
          autoFocus
          key={form.key("code")}
          {...form.getInputProps("code")}
        />
        <Button type="submit" loading={verifyCode.isPending} fullWidth>
          {t("logIn.submit")}
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={onBack}>
          {t("code.back")}
        </Anchor>
      </Stack>
    </form>
  );
}
