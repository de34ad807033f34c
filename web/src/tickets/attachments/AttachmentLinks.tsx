import { Button, Group } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { useFormat } from "@/i18n/format";
import { saveAttachment } from "./commands";

type Shown = Schemas["AttachmentShown"];

/** The files of a message. */
export function AttachmentLinks({ attachments }: { readonly attachments: readonly Shown[] }) {
  if (attachments.length === 0) return null;
  return (
    <Group gap="xs" mt="xs">
      {attachments.map((attachment) => (
        <OneFile key={attachment.id} attachment={attachment} />
      ))}
    </Group>
  );
}

function OneFile({ attachment }: { readonly attachment: Shown }) {
  const { t } = useTranslation("tickets");
  const format = useFormat();
  const save = useMutation({ mutationFn: () => saveAttachment(attachment) });
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<IconDownload size={14} aria-hidden />}
      loading={save.isPending}
      aria-label={t("files.save", { name: attachment.name, size: format.size(attachment.size) })}
      onClick={() => {
        save.mutate();
      }}
    >
      {attachment.name} · {format.size(attachment.size)}
    </Button>
  );
}
