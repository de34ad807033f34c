import { Button, FileButton, Text } from "@mantine/core";
import { IconPaperclip } from "@tabler/icons-react";
import { type ClipboardEvent, type DragEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./FileDropZone.module.css";

interface DropProps {
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

/** Accepts files that are dropped on or pasted into its children. */
export function FileDropZone({ onFiles, children }: DropProps) {
  const { t } = useTranslation("tickets");
  const [dragging, setDragging] = useState(false);
  const acceptFiles = (event: DragEvent | ClipboardEvent, files: FileList) => {
    if (files.length === 0) return;
    event.preventDefault();
    onFiles([...files]);
  };
  return (
    <div
      className={classes.dropZone}
      data-dragging={dragging || undefined}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes("Files")) {
          event.preventDefault();
          setDragging(true);
        }
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={(event) => {
        setDragging(false);
        acceptFiles(event, event.dataTransfer.files);
      }}
      onPaste={(event) => acceptFiles(event, event.clipboardData.files)}
    >
      {children}
      {dragging && (
        <Text className={classes.hint} size="sm" fw={600}>
          {t("files.drop")}
        </Text>
      )}
    </div>
  );
}

/** Opens the file dialog. Its title explains drag and drop. */
export function FilePicker({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
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
