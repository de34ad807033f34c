import { api, idempotencyKey, type Schemas, unwrap, withUploadProgress } from "@/api/client";
import { downloadBlob } from "@/browser/downloadBlob";

export type Attachment = Schemas["AttachmentView"];

/** Uploads a file that waits for the message that refers to it. */
export function addAttachment(
  ticketId: string,
  file: File,
  key: string,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Attachment> {
  return unwrap(
    api.POST("/api/v1/tickets/{ticket_id}/attachments", {
      params: { path: { ticket_id: ticketId }, header: idempotencyKey(key) },
      body: { file: "" }, // OpenAPI types a file as a string; bodySerializer sends the form
      bodySerializer: () => {
        const form = new FormData();
        form.append("file", file, file.name);
        return form;
      },
      signal,
      ...withUploadProgress(onProgress),
    }),
  );
}

export async function saveAttachment({ id, name }: { readonly id: string; readonly name: string }): Promise<void> {
  const content = await unwrap(
    api.GET("/api/v1/attachments/{attachment_id}", { params: { path: { attachment_id: id } }, parseAs: "blob" }),
  );
  downloadBlob(content, name);
}
