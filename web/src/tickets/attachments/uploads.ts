import { useSyncExternalStore } from "react";
import { isProblem, isTransient } from "@/api/problem";
import { getSession, onSessionChange } from "@/auth/session/session";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { KeyedStore } from "@/browser/KeyedStore";
import { addAttachment } from "./commands";

export const MAX_FILES = 10;
export const MAX_FILE_BYTES = 25 * 1024 * 1024;

export type UploadFailure = "too-large" | "too-many" | "misnamed" | "refused" | "unreachable" | "failed";

export interface Upload {
  readonly key: string;
  readonly file: File;
  readonly fraction: number;
  readonly id?: string;
  readonly failure?: UploadFailure;
}

export interface Uploads {
  readonly all: readonly Upload[];
  readonly add: (files: readonly File[]) => void;
  readonly remove: (key: string) => void;
  readonly retry: (key: string) => void;
  /** Removes uploads that a message referred to, and failed ones. Files added since then stay. */
  readonly removeSent: (ids: readonly string[]) => void;
  /** Ids of completed uploads. */
  readonly ids: readonly string[];
  readonly uploading: boolean;
}

const NONE: readonly Upload[] = [];

const store = new KeyedStore<readonly Upload[]>();
const abortControllers = new Map<string, AbortController>();

onSessionChange(() => {
  if (getSession().state !== "anonymous") return;
  for (const controller of abortControllers.values()) controller.abort();
  store.clear();
});

/**
 * Uploads for a message that is still being written. They are kept per user, ticket and visibility until the message
 * is sent, also while the user views another ticket.
 */
export function useUploads(ticketId: string, visibility: string): Uploads {
  const { id: userId } = useCurrentUser();
  const storeKey = `${userId}.${ticketId}.${visibility}`;
  const all = useSyncExternalStore(store.subscribe, () => store.get(storeKey) ?? NONE);

  return {
    all,
    ids: all.flatMap(({ id }) => (id === undefined ? [] : [id])),
    uploading: all.some(({ id, failure }) => id === undefined && failure === undefined),
    add: (files) => {
      const added = files.map((file, at) => validateFile(file, all.length + at));
      change(storeKey, (uploads) => [...uploads, ...added]);
      for (const upload of added) if (upload.failure === undefined) start(storeKey, ticketId, upload);
    },
    remove: (key) => {
      abortControllers.get(key)?.abort();
      change(storeKey, (uploads) => uploads.filter((each) => each.key !== key));
    },
    retry: (key) => {
      const upload = all.find((each) => each.key === key);
      if (upload === undefined) return;
      change(storeKey, (uploads) =>
        uploads.map((each) => (each.key === key ? { key, file: each.file, fraction: 0 } : each)),
      );
      start(storeKey, ticketId, upload);
    },
    removeSent: (ids) => {
      change(storeKey, (uploads) =>
        uploads.filter(({ id, failure }) => failure === undefined && (id === undefined || !ids.includes(id))),
      );
    },
  };
}

/** Updates the current state, which may have changed since the caller rendered. */
function change(storeKey: string, updater: (uploads: readonly Upload[]) => readonly Upload[]): void {
  store.set(storeKey, updater(store.get(storeKey) ?? NONE));
}

function start(storeKey: string, ticketId: string, { key, file }: Upload): void {
  const controller = new AbortController();
  const update = (part: Partial<Upload>) => {
    change(storeKey, (uploads) => uploads.map((each) => (each.key === key ? { ...each, ...part } : each)));
  };
  const onProgress = (fraction: number) => update({ fraction });
  abortControllers.set(key, controller);
  addAttachment(ticketId, file, key, onProgress, controller.signal)
    .then(({ id }) => update({ id, fraction: 1 }))
    .catch((error: unknown) => {
      if (!controller.signal.aborted) update({ failure: toFailure(error) });
    })
    .finally(() => abortControllers.delete(key));
}

/** Checks a file against the limits before it is uploaded. */
export function validateFile(file: File, before: number): Upload {
  const upload: Upload = { key: crypto.randomUUID(), file, fraction: 0 };
  if (file.size > MAX_FILE_BYTES) return { ...upload, failure: "too-large" };
  return before >= MAX_FILES ? { ...upload, failure: "too-many" } : upload;
}

function toFailure(error: unknown): UploadFailure {
  if (isTransient(error)) return "unreachable";
  if (isProblem(error, 413)) return "too-large";
  if (isProblem(error, "misnamed_file")) return "misnamed";
  return isProblem(error, 422) ? "refused" : "failed";
}
