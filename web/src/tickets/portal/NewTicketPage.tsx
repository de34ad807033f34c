import { Button, Group, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { FileDropZone, FilePicker } from "@/tickets/attachments/FileDropZone";
import { useSelectedFiles } from "@/tickets/attachments/selectedFiles";
import { UploadList } from "@/tickets/attachments/UploadList";
import { useDraft } from "@/tickets/conversation/drafts";
import { MessageCard } from "@/tickets/conversation/MessageCard";
import { useCreateTicket, usePendingTickets } from "@/tickets/ticket/commands";
import { PRIORITIES } from "@/tickets/ticket/priorities";
import type { Priority } from "@/tickets/ticket/queries";
import { useUnmountedErrorToast } from "@/tickets/ticket/useUnmountedErrorToast";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { lazyComponent } from "@/ui/lazyComponent";
import { Page } from "@/ui/Page";
import { toastWarning } from "@/ui/toast";
import { useIsMounted } from "@/ui/useIsMounted";

const RequesterSelect = lazyComponent(() => import("@/tickets/people/RequesterSelect"), "RequesterSelect");

const MAX_LENGTH = { title: 200, description: 20_000 } as const;

/** Creates a ticket. One that was submitted before navigating away and back is shown until the server responds. */
export function NewTicketPage() {
  const { t } = useTranslation("tickets");
  const user = useCurrentUser();
  const pending = usePendingTickets();
  const [showPending, setShowPending] = useState(pending.length > 0);
  if (showPending && pending.length === 0) setShowPending(false);

  return (
    <Page title={t("new.title")} lead={t("new.lead")} size="sm">
      {showPending ? (
        pending.map(({ ticket, offline }) => (
          <MessageCard
            key={ticket.description}
            author={user.name}
            body={ticket.description}
            own
            state={offline ? t("message.waiting") : t("message.sending")}
          />
        ))
      ) : (
        <NewTicketForm />
      )}
    </Page>
  );
}

function NewTicketForm() {
  const { t } = useTranslation("tickets");
  const user = useCurrentUser();
  const navigate = useNavigate();
  const isMounted = useIsMounted();
  const toastIfUnmounted = useUnmountedErrorToast(isMounted);
  const files = useSelectedFiles();
  const [title, saveTitle] = useDraft("new.title");
  const [description, saveDescription] = useDraft("new.description");
  const form = useForm({
    mode: "controlled",
    initialValues: { title, description, priority: "normal" as Priority, requester_id: null as string | null },
    validate: {
      title: (value) =>
        validateLength(
          value,
          MAX_LENGTH.title,
          t("new.titleMissing"),
          t("new.titleTooLong", { count: MAX_LENGTH.title }),
        ),
      description: (value) =>
        validateLength(
          value,
          MAX_LENGTH.description,
          t("new.descriptionMissing"),
          t("composer.tooLong", { count: MAX_LENGTH.description }),
        ),
    },
    onValuesChange: (values) => {
      saveTitle(values.title);
      saveDescription(values.description);
    },
  });

  const create = useCreateTicket({
    onCreated: async ({ id }) => {
      saveTitle("");
      saveDescription("");
      const added = await files.attachTo(id);
      if (!added) toastWarning(t("files.notAdded"));
      if (isMounted()) void navigate({ to: "/tickets/$ticketId", params: { ticketId: id } });
    },
    onFailed: (error) => {
      form.setErrors(fieldErrors(error));
      toastIfUnmounted(error);
    },
  });

  return (
    <form noValidate onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack>
        <ErrorAlert error={create.error} />
        {user.role !== "customer" && (
          <Suspense>
            <RequesterSelect {...form.getInputProps("requester_id")} />
          </Suspense>
        )}
        <TextInput
          label={t("new.titleLabel")}
          placeholder={t("new.titleExample")}
          attributes={{ input: { dir: "auto" } }}
          {...form.getInputProps("title")}
        />
        <FileDropZone onFiles={files.add}>
          <Textarea
            label={t("new.descriptionLabel")}
            description={t("new.descriptionHint")}
            autosize
            minRows={6}
            maxRows={24}
            attributes={{ input: { dir: "auto" } }}
            {...form.getInputProps("description")}
          />
        </FileDropZone>
        <UploadList uploads={files} />
        <Group>
          <FilePicker onFiles={files.add} />
        </Group>
        <NativeSelect
          label={t("priority.label")}
          data={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))}
          maw={240}
          {...form.getInputProps("priority")}
        />
        <Group>
          <Button type="submit" loading={create.isPending}>
            {t("new.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function validateLength(text: string, maxLength: number, missing: string, tooLong: string): string | null {
  if (text.trim() === "") return missing;
  return Array.from(text).length > maxLength ? tooLong : null;
}
