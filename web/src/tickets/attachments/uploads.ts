import { useSyncExternalStore } from "react";
import { isPassing, isRefusal } from "@/api/problem";
import { currentSession, onSessionChange } from "@/auth/session/session";
import { useUser } from "@/auth/session/useUser";
import { Shelf } from "@/shell/shelf";
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

const NONE: readonly Upload[] = [];

const kept = new Shelf<readonly Upload[]>();
const underWay = new Map<string, AbortController>();

onSessionChange(() => {
  if (currentSession().state !== "anonymous") return;
  for (const controller of underWay.values()) controller.abort();
  kept.clear();
});

/**
 * Files that are put beside a ticket while the message is still being written. Like what is typed they stay until it
 * is sent, also while their writer looks at another ticket: apart for each person and each kind of message.
 */
export function useUploads(ticketId: string, visibility: string): Uploads {
  const { id: userId } = useUser();
  const name = `${userId}.${ticketId}.${visibility}`;
  const all = useSyncExternalStore(kept.watch, () => kept.get(name) ?? NONE);

  return {
    all,
    ids: all.flatMap(({ id }) => (id === undefined ? [] : [id])),
    busy: all.some(({ id, fault }) => id === undefined && fault === undefined),
    add: (files) => {
      const added = files.map((file, at) => judged(file, all.length + at));
      change(name, (old) => [...old, ...added]);
      for (const upload of added) if (upload.fault === undefined) start(name, ticketId, upload);
    },
    remove: (key) => {
      underWay.get(key)?.abort();
      change(name, (old) => old.filter((each) => each.key !== key));
    },
    again: (key) => {
      const upload = all.find((each) => each.key === key);
      if (upload === undefined) return;
      change(name, (old) => old.map((each) => (each.key === key ? { key, file: each.file, share: 0 } : each)));
      start(name, ticketId, upload);
    },
    sent: (ids) => {
      change(name, (old) =>
        old.filter(({ id, fault }) => fault === undefined && (id === undefined || !ids.includes(id))),
      );
    },
  };
}

/** By what is kept now, since much may have happened since somebody looked. */
function change(name: string, how: (old: readonly Upload[]) => readonly Upload[]): void {
  kept.put(name, how(kept.get(name) ?? NONE));
}

function start(name: string, ticketId: string, { key, file }: Upload): void {
  const controller = new AbortController();
  const learn = (part: Partial<Upload>) => {
    change(name, (old) => old.map((each) => (each.key === key ? { ...each, ...part } : each)));
  };
  const progress = (share: number) => {
    learn({ share });
  };
  underWay.set(key, controller);
  addAttachment(ticketId, file, key, progress, controller.signal)
    .then(({ id }) => {
      learn({ id, share: 1 });
    })
    .catch((error: unknown) => {
      if (!controller.signal.aborted) learn({ fault: faultOf(error) });
    })
    .finally(() => underWay.delete(key));
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
