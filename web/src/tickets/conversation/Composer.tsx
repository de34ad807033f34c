import { Button, Group, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import { type ReactNode, type Ref, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAttempt } from "@/api/useAttempt";
import { Trouble } from "@/shell/Trouble";
import { FileDrop, FilePick } from "@/tickets/attachments/FileDrop";
import { UploadList } from "@/tickets/attachments/UploadList";
import { useUploads } from "@/tickets/attachments/uploads";
import { type NewMessage, usePostMessage } from "./commands";
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
  readonly onSent?: () => void;
}

/** Where a message is written. What is typed is kept until it is sent. */
export function Composer({ ticketId, visibility, label, placeholder, send, inputRef, aside, onSent }: Props) {
  const { t } = useTranslation("tickets");
  const [draft, keep] = useDraft(`${ticketId}.${visibility}`);
  const [view, setView] = useState<"write" | "preview">("write");
  const uploads = useUploads(ticketId);
  const attempt = useAttempt();
  const post = usePostMessage(ticketId, attempt.key);
  const body = draft.trim();
  const tooLong = body.length > LONGEST;

  const ready = body !== "" && !tooLong && !post.isPending && !uploads.busy;

  function submit() {
    if (!ready) return;
    setView("write");
    post.mutate(
      { body, visibility, attachment_ids: [...uploads.ids] },
      {
        onSettled: (_message, error) => {
          attempt.over(error);
        },
        onSuccess: () => {
          keep("");
          uploads.clear();
          onSent?.();
        },
      },
    );
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
            value={post.isPending ? "" : draft}
            readOnly={post.isPending}
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
            <Button size="xs" onClick={submit} loading={post.isPending} disabled={!ready && !post.isPending}>
              {send}
            </Button>
          </Group>
        </Group>
      </Stack>
    </FileDrop>
  );
}
