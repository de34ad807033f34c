import { useState } from "react";
import { api, idempotencyKey, unwrap } from "@/api/client";
import { addAttachment, type Attachment } from "./commands";
import { type Upload, validateFile } from "./uploads";

/**
 * Files for a ticket that does not exist yet. Once it does, they are uploaded and attached to a message.
 */
export function useSelectedFiles() {
  const [all, setAll] = useState<readonly Upload[]>([]);
  const change = (key: string, patch: Partial<Upload>) => {
    setAll((uploads) => uploads.map((each) => (each.key === key ? { ...each, ...patch } : each)));
  };

  return {
    all,
    add: (files: readonly File[]) => {
      setAll([...all, ...files.map((file, at) => validateFile(file, all.length + at))]);
    },
    remove: (key: string) => setAll(all.filter((each) => each.key !== key)),
    attachTo: (ticketId: string) => attachFiles(all, ticketId, change),
  };
}

/** Uploads the files and posts a message without words, with those that succeeded. Returns whether all of them did. */
export async function attachFiles(
  selected: readonly Upload[],
  ticketId: string,
  change: (key: string, patch: Partial<Upload>) => void,
): Promise<boolean> {
  const valid = selected.filter(({ failure }) => failure === undefined);
  if (valid.length === 0) return true;
  const attachments: Attachment[] = [];
  for (const { key, file } of valid) {
    try {
      const onProgress = (fraction: number) => change(key, { fraction });
      attachments.push(await addAttachment(ticketId, file, key, onProgress, new AbortController().signal));
    } catch {
      change(key, { failure: "failed" });
    }
  }
  if (attachments.length === 0) return false;
  const params = { path: { ticket_id: ticketId }, header: idempotencyKey(crypto.randomUUID()) };
  try {
    await unwrap(
      api.POST("/api/v1/tickets/{ticket_id}/messages", {
        body: { body: "", visibility: "public", attachment_ids: attachments.map(({ id }) => id) },
        params,
      }),
    );
  } catch {
    return false;
  }
  return attachments.length === valid.length;
}
