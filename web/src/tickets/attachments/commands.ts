import { answer, api, once, type Schemas, watched } from "@/api/client";
import { saveAs } from "@/shell/saveAs";

export type Attachment = Schemas["AttachmentView"];

/** Puts a file beside a ticket, where it waits for the message that names it. */
export function addAttachment(
  ticketId: string,
  file: File,
  key: string,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Attachment> {
  return answer(
    api.POST("/api/v1/tickets/{ticket_id}/attachments", {
      params: { path: { ticket_id: ticketId }, header: once(key) },
      body: { file: "" }, // OpenAPI calls a file a string; the form below is what is sent
      bodySerializer: () => {
        const form = new FormData();
        form.append("file", file, file.name);
        return form;
      },
      signal,
      ...watched(progress),
    }),
  );
}

/** Has the browser save a file. */
export async function saveAttachment({ id, name }: { readonly id: string; readonly name: string }): Promise<void> {
  const content = await answer(
    api.GET("/api/v1/attachments/{attachment_id}", { params: { path: { attachment_id: id } }, parseAs: "blob" }),
  );
  saveAs(content, name);
}
