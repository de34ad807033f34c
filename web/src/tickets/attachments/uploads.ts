import { useCallback, useEffect, useRef, useState } from "react";
import { isPassing, isRefusal } from "@/api/problem";
import { addAttachment } from "./commands";

export const MOST_FILES = 10;
export const LARGEST = 25 * 1024 * 1024;

/** Why a file was not taken. */
export type Fault = "too-large" | "too-many" | "refused" | "unreachable" | "failed";

/** A file on its way, or there. */
export interface Upload {
  readonly key: string;
  readonly file: File;
  readonly share: number;
  readonly id?: string;
  readonly fault?: Fault;
}

export interface Uploads {
  readonly all: readonly Upload[];
  readonly add: (files: readonly File[]) => void;
  readonly remove: (key: string) => void;
  readonly again: (key: string) => void;
  /** Takes those off that a message named, and those that never got there. What was added meanwhile stays. */
  readonly sent: (ids: readonly string[]) => void;
  /** Those that are there, for the message to name. */
  readonly ids: readonly string[];
  readonly busy: boolean;
}

/** Files that are put beside a ticket while the message is still being written. */
export function useUploads(ticketId: string): Uploads {
  const [all, setAll] = useState<readonly Upload[]>([]);
  const underWay = useRef(new Map<string, AbortController>());

  useEffect(() => {
    const controllers = underWay.current;
    return () => {
      for (const controller of controllers.values()) controller.abort();
    };
  }, []);

  const change = useCallback((key: string, part: Partial<Upload>) => {
    setAll((old) => old.map((each) => (each.key === key ? { ...each, ...part } : each)));
  }, []);

  const start = useCallback(
    (upload: Upload) => {
      const controller = new AbortController();
      underWay.current.set(upload.key, controller);
      const progress = (share: number) => {
        change(upload.key, { share });
      };
      addAttachment(ticketId, upload.file, upload.key, progress, controller.signal)
        .then(({ id }) => {
          change(upload.key, { id, share: 1 });
        })
        .catch((error: unknown) => {
          if (!controller.signal.aborted) change(upload.key, { fault: faultOf(error) });
        })
        .finally(() => underWay.current.delete(upload.key));
    },
    [ticketId, change],
  );

  return {
    all,
    ids: all.flatMap(({ id }) => (id === undefined ? [] : [id])),
    busy: all.some(({ id, fault }) => id === undefined && fault === undefined),
    add: (files) => {
      const added = files.map((file, at) => judged(file, all.length + at));
      setAll([...all, ...added]);
      for (const upload of added) if (upload.fault === undefined) start(upload);
    },
    remove: (key) => {
      underWay.current.get(key)?.abort();
      setAll(all.filter((each) => each.key !== key));
    },
    again: (key) => {
      const upload = all.find((each) => each.key === key);
      if (upload === undefined) return;
      setAll(all.map((each) => (each.key === key ? { key, file: each.file, share: 0 } : each)));
      start(upload);
    },
    sent: (ids) => {
      setAll((old) => old.filter(({ id, fault }) => fault === undefined && (id === undefined || !ids.includes(id))));
    },
  };
}

/** A file as it is taken up; what cannot be sent is not tried. */
export function judged(file: File, before: number): Upload {
  const upload: Upload = { key: crypto.randomUUID(), file, share: 0 };
  if (file.size > LARGEST) return { ...upload, fault: "too-large" };
  return before >= MOST_FILES ? { ...upload, fault: "too-many" } : upload;
}

function faultOf(error: unknown): Fault {
  if (isPassing(error)) return "unreachable";
  if (isRefusal(error, 413)) return "too-large";
  return isRefusal(error, 422) ? "refused" : "failed";
}
