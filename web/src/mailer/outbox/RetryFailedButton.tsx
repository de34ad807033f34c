import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LoggedOutError } from "@/api/problem";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { toastError, toastSuccess, toastWarning } from "@/ui/toast";
import { useIsMounted } from "@/ui/useIsMounted";
import { useRetryFailedMails } from "./commands";

/** Resends all failed mails, or those to one recipient, after a question. */
export function RetryFailedButton({ recipient }: { readonly recipient: string | undefined }) {
  const { t, i18n } = useTranslation(["admin", "shell"]);
  const [asking, setAsking] = useState(false);
  const isShown = useIsMounted(asking);
  const retry = useRetryFailedMails({
    onEnded: ({ retried, skipped }) => {
      setAsking(false);
      const done = t("mail.retryAll.done", { count: retried });
      if (skipped === 0) toastSuccess(done);
      else toastWarning(`${done} ${t("mail.retryAll.skipped", { count: skipped })}`);
    },
    onFailed: (error) => {
      if (!isShown() && !(error instanceof LoggedOutError)) toastError(error, i18n.getFixedT(null, "shell"));
    },
  });

  function close() {
    retry.cancel();
    setAsking(false);
  }

  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {t("mail.retryAll.button")}
      </Button>
      <Modal
        opened={asking}
        onClose={close}
        title={t("mail.retryAll.title")}
        closeButtonProps={{ "aria-label": t("shell:close") }}
      >
        <Stack>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {recipient === undefined ? t("mail.retryAll.all") : t("mail.retryAll.recipient", { recipient })}{" "}
            {t("mail.retryAll.expired")}
          </Text>
          {retry.isPending && (
            <Text size="sm" role="status">
              {t("mail.retryAll.progress", { count: retry.queued })}
            </Text>
          )}
          <ErrorAlert error={retry.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("mail.retryAll.cancel")}
            </Button>
            <Button loading={retry.isPending} onClick={() => retry.mutate({ recipient })}>
              {t("mail.retryAll.confirm")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
