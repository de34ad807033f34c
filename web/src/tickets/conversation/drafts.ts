import { useCallback, useSyncExternalStore } from "react";
import { getSession, onSessionChange } from "@/auth/session/session";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { onStorageUnlocked, onTextStored, readTexts, writeText } from "@/browser/encryptedStorage";
import { KeyedStore } from "@/browser/KeyedStore";

const PREFIX = "helpdesk.draft";

/** Works even if the browser stores nothing. */
const store = new KeyedStore<string>();
const writing = new Map<string, Promise<void>>();

/**
 * A text that is kept until it is sent, encrypted in localStorage: it is there again after an expired session, for the
 * same user only. `draftKey` names it, e.g. by ticket and visibility; drafts are separate per user.
 */
export function useDraft(draftKey: string): readonly [string, (text: string) => void] {
  const { id } = useCurrentUser();
  const key = storageKey(id, draftKey);
  const draft = useSyncExternalStore(store.subscribe, () => readDraft(key));
  const save = useCallback((text: string) => saveDraft(id, draftKey, text), [id, draftKey]);
  return [draft, save];
}

/** Notifies every component that shows the draft, because the form that sent it may be unmounted. */
export function saveDraft(userId: string, draftKey: string, text: string): void {
  const key = storageKey(userId, draftKey);
  store.set(key, text);
  // One after the other, each with the latest text: an earlier one must not be stored last.
  const written = (writing.get(key) ?? Promise.resolve()).then(() => writeLatest(key));
  writing.set(key, written);
}

/** Whether any of these drafts exists. */
export function useHasDraft(...draftKeys: readonly string[]): boolean {
  const { id } = useCurrentUser();
  return useSyncExternalStore(store.subscribe, () => draftKeys.some((draftKey) => hasDraft(id, draftKey)));
}

export function hasDraft(userId: string, draftKey: string): boolean {
  return readDraft(storageKey(userId, draftKey)) !== "";
}

/** Returns once all drafts are stored. */
export async function draftsStored(): Promise<void> {
  await Promise.all(writing.values());
}

function storageKey(userId: string, draftKey: string): string {
  return `${PREFIX}.${userId}.${draftKey}`;
}

function readDraft(key: string): string {
  return store.get(key) ?? "";
}

async function writeLatest(key: string): Promise<void> {
  const text = store.get(key);
  if (text !== undefined) await writeText(key, text);
}

async function loadDrafts(prefix: string): Promise<void> {
  for (const [key, text] of await readTexts(prefix)) {
    // What was typed meanwhile is newer.
    if (store.get(key) === undefined) store.set(key, text);
  }
}

onStorageUnlocked((userId) => void loadDrafts(storageKey(userId, "")));
onTextStored(PREFIX, (key, text) => store.set(key, text));

onSessionChange(() => {
  if (getSession().state === "anonymous") store.clear();
});
