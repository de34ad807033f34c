import { useCallback, useSyncExternalStore } from "react";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { KeyedStore } from "@/browser/KeyedStore";

const PREFIX = "helpdesk.draft";

/** Works even if the browser denies localStorage. */
const store = new KeyedStore<string>();

/**
 * A text that is saved in localStorage on each keystroke until it is sent. `draftKey` names it, e.g. by ticket and
 * visibility; drafts are separate per user.
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
  if (text === "") localStorage.removeItem(key);
  else localStorage.setItem(key, text);
}

/** Whether any of these drafts exists. */
export function useHasDraft(...draftKeys: readonly string[]): boolean {
  const { id } = useCurrentUser();
  return useSyncExternalStore(store.subscribe, () => draftKeys.some((draftKey) => hasDraft(id, draftKey)));
}

export function hasDraft(userId: string, draftKey: string): boolean {
  return readDraft(storageKey(userId, draftKey)) !== "";
}

function storageKey(userId: string, draftKey: string): string {
  return `${PREFIX}.${userId}.${draftKey}`;
}

function readDraft(key: string): string {
  return store.get(key) ?? localStorage.getItem(key) ?? "";
}
