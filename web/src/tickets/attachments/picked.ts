import { useState } from "react";
import { answer, api, once } from "@/api/client";
import { addAttachment, type Attachment } from "./commands";
import { judged, type Upload } from "./uploads";

/** Files for a ticket that is not there yet: they go up once it is, with a message that names them. */
export function usePickedFiles() {
  const [all, setAll] = useState<readonly Upload[]>([]);
  const change = (key: string, part: Partial<Upload>) => {
    setAll((old) => old.map((each) => (each.key === key ? { ...each, ...part } : each)));
  };

  return {
    all,
    add: (files: readonly File[]) => {
      setAll([...all, ...files.map((file, at) => judged(file, all.length + at))]);
    },
    remove: (key: string) => {
      setAll(all.filter((each) => each.key !== key));
    },
    sendTo: (ticketId: string, words: Words) => sendPicked(all, ticketId, words, change),
  };
}

/** Says what the files are called. */
type Words = (names: string) => string;

/** Whether all of them got there. The message names those that did. */
export async function sendPicked(
  picked: readonly Upload[],
  ticketId: string,
  words: Words,
  change: (key: string, part: Partial<Upload>) => void,
): Promise<boolean> {
  const good = picked.filter(({ fault }) => fault === undefined);
  if (good.length === 0) return true;
  const there: Attachment[] = [];
  for (const { key, file } of good) {
    try {
      const progress = (share: number) => {
        change(key, { share });
      };
      there.push(await addAttachment(ticketId, file, key, progress, new AbortController().signal));
    } catch {
      change(key, { fault: "failed" });
    }
  }
  if (there.length === 0) return false;
  const body = words(there.map(({ name }) => name).join(", "));
  const params = { path: { ticket_id: ticketId }, header: once(crypto.randomUUID()) };
  try {
    await answer(
      api.POST("/api/v1/tickets/{ticket_id}/messages", {
        body: { body, visibility: "public", attachment_ids: there.map(({ id }) => id) },
        params,
      }),
    );
  } catch {
    return false;
  }
  return there.length === good.length;
}
