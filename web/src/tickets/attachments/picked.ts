import { useState } from "react";
import { answer, api, once } from "@/api/client";
import { addAttachment } from "./commands";
import { judged, type Upload } from "./uploads";

/** Files for a ticket that is not there yet: they go up once it is, with a message that names them. */
export function usePickedFiles() {
  const [all, setAll] = useState<readonly Upload[]>([]);
  const change = (key: string, part: Partial<Upload>) => {
    setAll((old) => old.map((each) => (each.key === key ? { ...each, ...part } : each)));
  };

  /** Whether all of them got there. */
  async function sendTo(ticketId: string, words: (names: string) => string): Promise<boolean> {
    const good = all.filter(({ fault }) => fault === undefined);
    if (good.length === 0) return true;
    const ids: string[] = [];
    for (const { key, file } of good) {
      try {
        const progress = (share: number) => {
          change(key, { share });
        };
        ids.push((await addAttachment(ticketId, file, key, progress, new AbortController().signal)).id);
      } catch {
        change(key, { fault: "failed" });
      }
    }
    if (ids.length === 0) return false;
    const body = words(good.map(({ file }) => file.name).join(", "));
    const params = { path: { ticket_id: ticketId }, header: once(crypto.randomUUID()) };
    try {
      await answer(
        api.POST("/api/v1/tickets/{ticket_id}/messages", {
          body: { body, visibility: "public", attachment_ids: ids },
          params,
        }),
      );
    } catch {
      return false;
    }
    return ids.length === good.length;
  }

  return {
    all,
    add: (files: readonly File[]) => {
      setAll([...all, ...files.map((file, at) => judged(file, all.length + at))]);
    },
    remove: (key: string) => {
      setAll(all.filter((each) => each.key !== key));
    },
    sendTo,
  };
}
