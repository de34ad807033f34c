import { Button, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { LoginForm } from "./LoginForm";
import { endSession, type User } from "./session";

/** Covers the current page, which stays as it is. Waiting requests continue after the login. */
export function SessionExpiredDialog({ user }: { readonly user: User }) {
  const { t } = useTranslation("account");
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t("sessionExpired.title")}
      centered
    >
      <Stack>
        <Text size="sm">{t("sessionExpired.text", { name: user.name })}</Text>
        <LoginForm email={user.email} onDone={() => undefined} />
        <Button variant="subtle" size="compact-sm" onClick={endSession}>
          {t("sessionExpired.logOut")}
        </Button>
      </Stack>
    </Modal>
  );
}
