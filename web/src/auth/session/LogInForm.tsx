import { Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Password } from "@/auth/account/Password";
import { AnchorLink } from "@/shell/links";
import { Trouble } from "@/shell/Trouble";
import { useLogIn, useSecondStep } from "./commands";

interface Props {
  /** Whose session ended, where it did: they only type the password. */
  readonly email?: string;
  readonly onDone: () => void;
}

/** E-mail and password, and a code where one is wanted. */
export function LogInForm({ email, onDone }: Props) {
  const [mfaToken, setMfaToken] = useState<string | null>(null);
  if (mfaToken !== null) {
    return (
      <CodeForm
        mfaToken={mfaToken}
        onDone={onDone}
        onBack={() => {
          setMfaToken(null);
        }}
      />
    );
  }
  return <PasswordForm email={email} onDone={onDone} onCodeWanted={setMfaToken} />;
}

function PasswordForm({ email, onDone, onCodeWanted }: Props & { readonly onCodeWanted: (mfaToken: string) => void }) {
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
          onSuccess: (found) => {
            if ("mfa_token" in found) onCodeWanted(found.mfa_token);
            else onDone();
          },
        });
      })}
    >
      <Stack>
        <Trouble error={logIn.error} />
        <TextInput
          label={t("email")}
          type="email"
          autoComplete="username"
          readOnly={email !== undefined}
          data-autofocus={email === undefined || undefined}
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <Password
          label={t("password")}
          data-autofocus={email !== undefined || undefined}
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={logIn.isPending} fullWidth>
          {t("logIn.do")}
        </Button>
        {email === undefined && (
          <AnchorLink to="/forgot-password" size="sm" ta="center">
            {t("forgot.link")}
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
  const secondStep = useSecondStep();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { code: "" },
    validate: { code: (value) => (value.trim() === "" ? t("invalid.code") : null) },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ code }) => {
        secondStep.mutate({ mfa_token: mfaToken, code: code.trim() }, { onSuccess: onDone });
      })}
    >
      <Stack>
        <Text size="sm">{t("code.text")}</Text>
        <Trouble error={secondStep.error} />
        <TextInput
          label={t("code.label")}
          description={t("code.hint")}
          autoComplete="one-time-code"
          autoFocus
          key={form.key("code")}
          {...form.getInputProps("code")}
        />
        <Button type="submit" loading={secondStep.isPending} fullWidth>
          {t("logIn.do")}
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={onBack}>
          {t("code.back")}
        </Anchor>
      </Stack>
    </form>
  );
}
