import { Button, Group, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import { type ReactNode, type Ref, useState } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "@/shell/Trouble";
import { FileDrop, FilePick } from "@/tickets/attachments/FileDrop";
import { UploadList } from "@/tickets/attachments/UploadList";
import { useUploads } from "@/tickets/attachments/uploads";
import { useSight } from "@/tickets/ticket/useSight";
import { type NewMessage, useOnTheirWay, usePostMessage } from "./commands";
import classes from "./Composer.module.css";
import { useDraft } from "./drafts";
import { Markdown } from "./Markdown";

const LONGEST = 20_000;

interface Props {
  readonly ticketId: string;
  readonly visibility: NonNullable<NewMessage["visibility"]>;
  readonly label: string;
  readonly placeholder: string;
  readonly send: string;
  readonly inputRef?: Ref<HTMLTextAreaElement>;
  /** Beside the button. */
  readonly aside?: ReactNode;
}

/** Where a message is written. What is typed and put beside it is kept until it is sent. */
export function Composer({ ticketId, visibility, label, placeholder, send, inputRef, aside }: Props) {
  const { t } = useTranslation("tickets");
  const [kept, keep] = useDraft(`${ticketId}.${visibility}`);
  const uploads = useUploads(ticketId, visibility);
  const [view, setView] = useState<"write" | "preview">("write");
  const { tellElsewhere } = useSight();
  const post = usePostMessage(ticketId, {
    onSent: ({ attachment_ids }) => {
      keep("");
      uploads.sent(attachment_ids ?? []);
    },
    onFailed: tellElsewhere,
  });
  // It may have been sent from here before somebody left and came back. Until it is there, it is kept but no draft.
  const sending = useOnTheirWay(ticketId).some(({ message }) => message.visibility === visibility);
  const draft = sending ? "" : kept;
  const body = draft.trim();
  const tooLong = body.length > LONGEST;

  const ready = body !== "" && !tooLong && !uploads.busy;

  function submit() {
    if (!ready) return;
    setView("write");
    post.mutate({ body, visibility, attachment_ids: [...uploads.ids] });
  }

  return (
    <FileDrop onFiles={uploads.add}>
      <Stack gap="xs" className={classes.composer} data-internal={visibility === "internal" || undefined}>
        <Trouble error={post.error} onRetry={submit} />
        {view === "write" ? (
          <Textarea
            ref={inputRef}
            aria-label={label}
            placeholder={placeholder}
            autosize
            minRows={3}
            maxRows={14}
            value={draft}
            readOnly={sending}
            error={tooLong && t("composer.tooLong", { count: LONGEST })}
            classNames={{ input: classes.input ?? "" }}
            onChange={({ currentTarget: { value } }) => {
              keep(value);
            }}
            onKeyDown={getHotkeyHandler([["mod+Enter", submit]])}
          />
        ) : (
          <div className={classes.preview}>
            {body === "" ? (
              <Text c="dimmed" size="sm">
                {t("composer.nothing")}
              </Text>
            ) : (
              <Markdown>{body}</Markdown>
            )}
          </div>
        )}
        <UploadList uploads={uploads} />
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <SegmentedControl
              size="xs"
              aria-label={t("composer.view")}
              value={view}
              onChange={setView}
              data={[
                { value: "write", label: t("composer.write") },
                { value: "preview", label: t("composer.preview") },
              ]}
            />
            <FilePick onFiles={uploads.add} />
          </Group>
          <Group gap="xs">
            {aside}
            <Button size="xs" onClick={submit} loading={sending} disabled={!ready && !sending}>
              {send}
            </Button>
          </Group>
        </Group>
      </Stack>
    </FileDrop>
  );
}
