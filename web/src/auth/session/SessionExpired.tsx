import { Button, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { LogInForm } from "./LogInForm";
import { endSession, type User } from "./session";

/** Lies over the page somebody was working on, which stays as it is: what they sent goes on once they are back. */
export function SessionExpired({ user }: { readonly user: User }) {
  const { t } = useTranslation("account");
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t("expired.title")}
      centered
    >
      <Stack>
        <Text size="sm">{t("expired.text", { name: user.name })}</Text>
        <LogInForm email={user.email} onDone={() => undefined} />
        <Button variant="subtle" size="compact-sm" onClick={endSession}>
          {t("expired.leave")}
        </Button>
      </Stack>
    </Modal>
  );
}
