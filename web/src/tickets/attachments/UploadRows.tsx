import { ActionIcon, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconFile, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/i18n/format";
import type { Upload, Uploads } from "./uploads";

/** What is listed can be taken back, and tried again where that means anything. */
export type Listed = Pick<Uploads, "all" | "remove"> & Partial<Pick<Uploads, "again">>;

/** Files on their way, each with how far it is and a way to take it back. */
export function UploadRows({ uploads }: { readonly uploads: Listed }) {
  const { t } = useTranslation("tickets");
  return (
    <Stack gap={6} component="ul" aria-label={t("files.title")} m={0} p={0} style={{ listStyle: "none" }}>
      {uploads.all.map((upload) => (
        <OneUpload key={upload.key} upload={upload} uploads={uploads} />
      ))}
    </Stack>
  );
}

function OneUpload({ upload, uploads }: { readonly upload: Upload; readonly uploads: Listed }) {
  const { t } = useTranslation("tickets");
  const format = useFormat();
  const { again } = uploads;
  const { key, file, share, id, fault } = upload;
  return (
    <li>
      <Group gap="xs" wrap="nowrap">
        <IconFile size={16} aria-hidden />
        <Text size="xs" truncate flex={1}>
          {file.name} · {format.size(file.size)}
        </Text>
        {fault === undefined && id === undefined && share > 0 && (
          <Progress value={share * 100} w={90} size="sm" aria-label={t("files.progress", { name: file.name })} />
        )}
        {fault !== undefined && (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {t(`files.${fault}`)}
          </Text>
        )}
        {again !== undefined && (fault === "unreachable" || fault === "failed") && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              again(key);
            }}
          >
            {t("files.again")}
          </Button>
        )}
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t("files.remove", { name: file.name })}
          onClick={() => {
            uploads.remove(key);
          }}
        >
          <IconX size={14} aria-hidden />
        </ActionIcon>
      </Group>
    </li>
  );
}
