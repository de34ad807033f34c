import { Button, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { Trouble } from "@/shell/Trouble";
import { useBeginTotp, useConfirmTotp } from "./commands";
import { QrCode } from "./QrCode";
import { RecoveryCodes } from "./RecoveryCodes";

/** Sets up an app for one-time codes: scan, prove it works, keep the recovery codes. */
export function SetUpTotp({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation("account");
  const begin = useBeginTotp();
  const confirm = useConfirmTotp();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { code: "" },
    validate: { code: (value) => (/^\d{6}$/.test(digitsOf(value)) ? null : t("invalid.code")) },
  });

  if (confirm.data) return <RecoveryCodes codes={confirm.data.recovery_codes} onDone={onDone} />;
  if (!begin.data) {
    return (
      <Stack align="flex-start">
        <Trouble error={begin.error} />
        <Button
          loading={begin.isPending}
          onClick={() => {
            begin.mutate();
          }}
        >
          {t("mfa.begin")}
        </Button>
      </Stack>
    );
  }
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ code }) => {
        confirm.mutate({ code: digitsOf(code) });
      })}
    >
      <Stack>
        <Text size="sm">{t("mfa.scan")}</Text>
        <Group align="flex-start">
          <QrCode text={begin.data.otpauth_uri} label={t("mfa.qr")} />
          <Stack gap={4}>
            <Text size="xs" c="dimmed">
              {t("mfa.byHand")}
            </Text>
            <Code data-testid="totp-secret">{begin.data.secret}</Code>
          </Stack>
        </Group>
        <Trouble error={confirm.error} />
        <TextInput
          label={t("code.label")}
          description={t("mfa.firstCode")}
          inputMode="numeric"
          autoComplete="one-time-code"
          maw={240}
          key={form.key("code")}
          {...form.getInputProps("code")}
        />
        <Group>
          <Button type="submit" loading={confirm.isPending}>
            {t("mfa.turnOn")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Apps show the digits in groups, and some people type them so. */
function digitsOf(code: string): string {
  return code.replaceAll(/\s/g, "");
}
