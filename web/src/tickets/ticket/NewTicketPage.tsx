import { Button, Group, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useUser } from "@/auth/session/useUser";
import { Page } from "@/shell/Page";
import { patiently } from "@/shell/patiently";
import { toastProblem } from "@/shell/toast";
import { Trouble } from "@/shell/Trouble";
import { fieldErrors } from "@/shell/trouble";
import { FileDrop, FilePick } from "@/tickets/attachments/FileDrop";
import { UploadList } from "@/tickets/attachments/UploadList";
import { usePickedFiles } from "@/tickets/attachments/picked";
import { useDraft } from "@/tickets/conversation/drafts";
import { MessageCard } from "@/tickets/conversation/MessageCard";
import { useOpenTicket, useTicketsOnTheirWay } from "./commands";
import { PRIORITIES } from "./priorities";
import type { Priority } from "./queries";
import { useSight } from "./useSight";

const RequesterSelect = lazy(async () => ({
  default: (await patiently(() => import("@/tickets/people/RequesterSelect"))).RequesterSelect,
}));

const LONGEST = { title: 200, description: 20_000 } as const;

/** Asking for something. A ticket somebody sent before they left and came back is shown until it is open. */
export function NewTicketPage() {
  const { t } = useTranslation("tickets");
  const user = useUser();
  const onTheirWay = useTicketsOnTheirWay();
  const [earlier, setEarlier] = useState(onTheirWay.length > 0);
  if (earlier && onTheirWay.length === 0) setEarlier(false);

  return (
    <Page title={t("new.title")} lead={t("new.lead")} size="sm">
      {earlier ? (
        onTheirWay.map(({ ticket, waiting }) => (
          <MessageCard
            key={ticket.description}
            author={user.name}
            body={ticket.description}
            own
            state={waiting ? t("message.waiting") : t("message.sending")}
          />
        ))
      ) : (
        <NewTicketForm />
      )}
    </Page>
  );
}

/** What is typed is kept until it is sent. */
function NewTicketForm() {
  const { t } = useTranslation("tickets");
  const user = useUser();
  const navigate = useNavigate();
  const { inSight, tellElsewhere } = useSight();
  const files = usePickedFiles();
  const [title, keepTitle] = useDraft("new.title");
  const [description, keepDescription] = useDraft("new.description");
  const form = useForm({
    mode: "controlled",
    initialValues: { title, description, priority: "normal" as Priority, requester_id: null as string | null },
    validate: {
      title: (value) =>
        fits(value, LONGEST.title, t("new.titleMissing"), t("new.titleTooLong", { count: LONGEST.title })),
      description: (value) =>
        fits(
          value,
          LONGEST.description,
          t("new.descriptionMissing"),
          t("composer.tooLong", { count: LONGEST.description }),
        ),
    },
    onValuesChange: (values) => {
      keepTitle(values.title);
      keepDescription(values.description);
    },
  });

  const open = useOpenTicket({
    onOpened: async ({ id }) => {
      keepTitle("");
      keepDescription("");
      const added = await files.sendTo(id, (names) => t("files.sent", { names }));
      if (!added) toastProblem(t("files.notAdded"));
      if (inSight()) void navigate({ to: "/tickets/$ticketId", params: { ticketId: id } });
    },
    onFailed: (error) => {
      form.setErrors(fieldErrors(error));
      tellElsewhere(error);
    },
  });

  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        open.mutate(values);
      })}
    >
      <Stack>
        <Trouble error={open.error} />
        {user.role !== "customer" && (
          <Suspense>
            <RequesterSelect {...form.getInputProps("requester_id")} />
          </Suspense>
        )}
        <TextInput label={t("new.titleLabel")} placeholder={t("new.titleExample")} {...form.getInputProps("title")} />
        <FileDrop onFiles={files.add}>
          <Textarea
            label={t("new.descriptionLabel")}
            description={t("new.descriptionHint")}
            autosize
            minRows={6}
            maxRows={24}
            {...form.getInputProps("description")}
          />
        </FileDrop>
        <UploadList uploads={files} />
        <Group>
          <FilePick onFiles={files.add} />
        </Group>
        <NativeSelect
          label={t("priority.label")}
          data={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))}
          maw={240}
          {...form.getInputProps("priority")}
        />
        <Group>
          <Button type="submit" loading={open.isPending}>
            {t("new.do")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function fits(text: string, longest: number, missing: string, tooLong: string): string | null {
  if (text.trim() === "") return missing;
  return Array.from(text).length > longest ? tooLong : null;
}
