import { Button, Group } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { useFormat } from "@/i18n/format";
import { saveAttachment } from "./commands";

type Attachment = Schemas["AttachmentRefView"];

export function AttachmentLinks({ attachments }: { readonly attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <Group gap="xs" mt="xs">
      {attachments.map((attachment) => (
        <AttachmentButton key={attachment.id} attachment={attachment} />
      ))}
    </Group>
  );
}

function AttachmentButton({ attachment }: { readonly attachment: Attachment }) {
  const { t } = useTranslation("tickets");
  const format = useFormat();
  const save = useMutation({ mutationFn: () => saveAttachment(attachment) });
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<IconDownload size={14} aria-hidden />}
      loading={save.isPending}
      aria-label={t("files.download", { name: attachment.name, size: format.fileSize(attachment.size) })}
      onClick={() => save.mutate()}
    >
      {attachment.name} · {format.fileSize(attachment.size)}
    </Button>
  );
}
