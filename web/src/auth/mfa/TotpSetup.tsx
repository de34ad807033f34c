import { Button, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { useConfirmTotp, useStartTotpSetup } from "./commands";
import { QrCode } from "./QrCode";
import { RecoveryCodes } from "./RecoveryCodes";

/** Sets up TOTP: scan the code, confirm with a first code, keep the recovery codes. */
export function TotpSetup({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation("account");
  const start = useStartTotpSetup();
  const confirm = useConfirmTotp();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { code: "" },
    validate: { code: (value) => (/^\d{6}$/.test(stripSpaces(value)) ? null : t("invalid.code")) },
  });

  if (confirm.data) return <RecoveryCodes codes={confirm.data.recovery_codes} onDone={onDone} />;
  if (!start.data) {
    return (
      <Stack align="flex-start">
        <ErrorAlert error={start.error} />
        <Button loading={start.isPending} onClick={() => start.mutate()}>
          {t("mfa.setUp")}
        </Button>
      </Stack>
    );
  }
  return (
    <form noValidate onSubmit={form.onSubmit(({ code }) => confirm.mutate({ code: stripSpaces(code) }))}>
      <Stack>
        <Text size="sm">{t("mfa.scan")}</Text>
        <Group align="flex-start">
          <QrCode text={start.data.otpauth_uri} label={t("mfa.qr")} />
          <Stack gap={4}>
            <Text size="xs" c="dimmed">
              {t("mfa.manualKey")}
            </Text>
            <Code data-testid="totp-secret">{start.data.secret}</Code>
          </Stack>
        </Group>
        <ErrorAlert error={confirm.error} />
        <TextInput
          label={t("code.label")}
          description={t("mfa.firstCode")}
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          maw={240}
          key={form.key("code")}
          {...form.getInputProps("code")}
        />
        <Group>
          <Button type="submit" loading={confirm.isPending}>
            {t("mfa.enable")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Authenticator apps show the digits in groups, and some people type the space. */
function stripSpaces(code: string): string {
  return code.replaceAll(/\s/g, "");
}
