import { Alert, Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import { type ComponentType, type ReactNode, type Ref, useState } from "react";
import { useTranslation } from "react-i18next";
import { FileDropZone, FilePicker } from "@/tickets/attachments/FileDropZone";
import { UploadList } from "@/tickets/attachments/UploadList";
import { useUploads } from "@/tickets/attachments/uploads";
import { useUnmountedErrorToast } from "@/tickets/ticket/useUnmountedErrorToast";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { SegmentedControl } from "@/ui/SegmentedControl";
import { useIsMounted } from "@/ui/useIsMounted";
import { type NewMessage, usePendingMessages, usePostMessage } from "./commands";
import classes from "./Composer.module.css";
import { useDraft } from "./drafts";
import { Markdown } from "./Markdown";
import type { MentionSuggestionsProps } from "./MentionSuggestions";

const MAX_LENGTH = 20_000;

interface Props {
  readonly ticketId: string;
  readonly visibility: NonNullable<NewMessage["visibility"]>;
  readonly label: string;
  readonly placeholder: string;
  readonly sendLabel: string;
  readonly inputRef?: Ref<HTMLTextAreaElement>;
  /** For people who can mention others. */
  readonly Suggestions?: ComponentType<MentionSuggestionsProps>;
  /** A warning above the text. */
  readonly warning?: string | undefined;
  /** Rendered next to the button. */
  readonly aside?: ReactNode;
}

/** A form for a message. Its draft and uploads are kept until the message is sent. */
export function Composer({
  ticketId,
  visibility,
  label,
  placeholder,
  sendLabel,
  inputRef,
  Suggestions,
  warning,
  aside,
}: Props) {
  const { t } = useTranslation("tickets");
  const [saved, save] = useDraft(`${ticketId}.${visibility}`);
  const uploads = useUploads(ticketId, visibility);
  const [view, setView] = useState<"write" | "preview">("write");
  const toastIfUnmounted = useUnmountedErrorToast(useIsMounted());
  const post = usePostMessage(ticketId, {
    onSent: ({ attachment_ids }) => {
      save("");
      uploads.removeSent(attachment_ids ?? []);
    },
    onFailed: toastIfUnmounted,
  });
  // The message may have been sent before the user navigated away and back. Its draft is kept until the response.
  const sending = usePendingMessages(ticketId).some(({ message }) => message.visibility === visibility);
  const body = sending ? "" : saved;
  const blank = body.trim() === "";
  const tooLong = Array.from(body).length > MAX_LENGTH;

  const ready = (!blank || uploads.ids.length > 0) && !tooLong && !uploads.uploading;

  function submit() {
    if (!ready) return;
    setView("write");
    post.mutate({ body, visibility, attachment_ids: [...uploads.ids] });
  }

  const input = (
    <Textarea
      ref={inputRef}
      aria-label={label}
      placeholder={placeholder}
      autosize
      minRows={3}
      maxRows={14}
      attributes={{ input: { dir: "auto" } }}
      value={body}
      readOnly={sending}
      error={tooLong && t("composer.tooLong", { count: MAX_LENGTH })}
      classNames={{ input: classes.input ?? "" }}
      onChange={({ currentTarget: { value } }) => save(value)}
      onKeyDown={getHotkeyHandler([["mod+Enter", submit]])}
    />
  );

  return (
    <FileDropZone onFiles={uploads.add}>
      <Stack gap="xs" className={classes.composer} data-internal={visibility === "internal" || undefined}>
        <ErrorAlert error={post.error} onRetry={submit} />
        {warning !== undefined && (
          <Alert color="yellow" p="xs" role="status">
            {warning}
          </Alert>
        )}
        {view === "write" ? (
          Suggestions === undefined ? (
            input
          ) : (
            <Suggestions draft={body} onChange={save}>
              {input}
            </Suggestions>
          )
        ) : (
          <div className={classes.preview}>
            {blank ? (
              <Text c="dimmed" size="sm">
                {t("composer.emptyPreview")}
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
            <FilePicker onFiles={uploads.add} />
          </Group>
          <Group gap="xs">
            {aside}
            <Button size="xs" onClick={submit} loading={sending} disabled={!ready && !sending}>
              {sendLabel}
            </Button>
          </Group>
        </Group>
      </Stack>
    </FileDropZone>
  );
}
