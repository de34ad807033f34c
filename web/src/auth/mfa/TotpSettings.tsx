import { Badge, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { useDisableTotp, useRenewRecoveryCodes } from "./commands";
import { RecoveryCodes } from "./RecoveryCodes";

/** Renews the recovery codes or disables TOTP, which asks for confirmation. */
export function TotpSettings() {
  const { t } = useTranslation(["account", "shell"]);
  const [opened, { open, close }] = useDisclosure(false);
  const disable = useDisableTotp();
  const renew = useRenewRecoveryCodes();

  if (renew.data) return <RecoveryCodes codes={renew.data.recovery_codes} onDone={renew.reset} />;
  return (
    <Stack>
      <Group>
        <Badge color="green" variant="dot">
          {t("mfa.enabled")}
        </Badge>
        <Text size="sm">{t("mfa.enabledText")}</Text>
      </Group>
      <ErrorAlert error={disable.error ?? renew.error} />
      <Group>
        <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
          {t("mfa.renew")}
        </Button>
        <Button variant="default" onClick={open}>
          {t("mfa.disable")}
        </Button>
      </Group>
      <Modal
        opened={opened}
        onClose={close}
        title={t("mfa.disableTitle")}
        closeButtonProps={{ "aria-label": t("shell:close") }}
      >
        <Stack>
          <Text size="sm">{t("mfa.disableText")}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("shell:cancel")}
            </Button>
            <Button
              color="red"
              onClick={() => {
                close();
                disable.mutate();
              }}
            >
              {t("mfa.disable")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}
