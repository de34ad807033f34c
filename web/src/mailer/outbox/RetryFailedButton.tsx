import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { toastSuccess, toastWarning } from "@/ui/toast";
import { useRetryFailedMails } from "./commands";

/** Resends all failed mails, or those to one recipient, after a question. */
export function RetryFailedButton({ recipient }: { readonly recipient: string | undefined }) {
  const { t } = useTranslation(["admin", "shell"]);
  const [asking, setAsking] = useState(false);
  const retry = useRetryFailedMails();

  function confirm() {
    retry.mutate(
      { recipient },
      {
        onSuccess: ({ retried, skipped }) => {
          setAsking(false);
          const done = t("mail.retryAll.done", { count: retried });
          if (skipped === 0) toastSuccess(done);
          else toastWarning(`${done} ${t("mail.retryAll.skipped", { count: skipped })}`);
        },
      },
    );
  }

  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {t("mail.retryAll.button")}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
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
            <Button variant="default" onClick={() => setAsking(false)}>
              {t("mail.retryAll.cancel")}
            </Button>
            <Button loading={retry.isPending} onClick={confirm}>
              {t("mail.retryAll.confirm")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
