import { ActionIcon, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconFile, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/i18n/format";
import type { Upload, Uploads } from "./uploads";

/** Uploads that can be removed and, if they support it, retried. */
export type ListedUploads = Pick<Uploads, "all" | "remove"> & Partial<Pick<Uploads, "retry">>;

export function UploadRows({ uploads }: { readonly uploads: ListedUploads }) {
  const { t } = useTranslation("tickets");
  return (
    <Stack gap={6} component="ul" aria-label={t("files.title")} m={0} p={0} style={{ listStyle: "none" }}>
      {uploads.all.map((upload) => (
        <UploadRow key={upload.key} upload={upload} uploads={uploads} />
      ))}
    </Stack>
  );
}

function UploadRow({ upload, uploads }: { readonly upload: Upload; readonly uploads: ListedUploads }) {
  const { t } = useTranslation("tickets");
  const format = useFormat();
  const { retry } = uploads;
  const { key, file, fraction, id, failure } = upload;
  return (
    <li>
      <Group gap="xs" wrap="nowrap">
        <IconFile size={16} aria-hidden />
        <Text size="xs" truncate flex={1}>
          {file.name} · {format.fileSize(file.size)}
        </Text>
        {failure === undefined && id === undefined && fraction > 0 && (
          <Progress value={fraction * 100} w={90} size="sm" aria-label={t("files.progress", { name: file.name })} />
        )}
        {failure !== undefined && (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {t(`files.${failure}`)}
          </Text>
        )}
        {retry !== undefined && (failure === "unreachable" || failure === "failed") && (
          <Button size="compact-xs" variant="default" onClick={() => retry(key)}>
            {t("files.retry")}
          </Button>
        )}
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t("files.remove", { name: file.name })}
          onClick={() => uploads.remove(key)}
        >
          <IconX size={14} aria-hidden />
        </ActionIcon>
      </Group>
    </li>
  );
}
