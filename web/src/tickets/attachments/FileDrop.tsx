import { Button, FileButton, Text } from "@mantine/core";
import { IconPaperclip } from "@tabler/icons-react";
import { type ClipboardEvent, type DragEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./FileDrop.module.css";

interface DropProps {
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

/** Takes files that are dropped on, or pasted into, what is inside. */
export function FileDrop({ onFiles, children }: DropProps) {
  const { t } = useTranslation("tickets");
  const [over, setOver] = useState(false);
  const take = (event: DragEvent | ClipboardEvent, files: FileList) => {
    if (files.length === 0) return;
    event.preventDefault();
    onFiles([...files]);
  };
  return (
    <div
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes("Files")) {
          event.preventDefault();
          setOver(true);
        }
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        take(event, event.dataTransfer.files);
      }}
      onPaste={(event) => {
        take(event, event.clipboardData.files);
      }}
    >
      {children}
      {over && (
        <Text className={classes.hint} size="sm" fw={600}>
          {t("files.drop")}
        </Text>
      )}
    </div>
  );
}

/** Chooses files; also what tells that they can be dropped and pasted. */
export function FilePick({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const { t } = useTranslation("tickets");
  const reset = useRef<() => void>(null);
  return (
    <FileButton
      multiple
      resetRef={reset}
      onChange={(files) => {
        if (files.length > 0) onFiles(files);
        reset.current?.();
      }}
    >
      {(props) => (
        <Button
          {...props}
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconPaperclip size={16} aria-hidden />}
          title={t("files.hint")}
        >
          {t("files.attach")}
        </Button>
      )}
    </FileButton>
  );
}
