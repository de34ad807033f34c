import { useCallback, useSyncExternalStore } from "react";
import { useUser } from "@/auth/session/useUser";
import { Shelf } from "@/shell/shelf";

const PREFIX = "helpdesk.draft";

/** What was typed since the page was loaded, even where the browser keeps nothing. */
const typed = new Shelf<string>();

/**
 * What somebody types survives everything but sending it: kept in this browser with each key, apart for each person.
 * `what` names the text, e.g. the ticket and whether it is a note.
 */
export function useDraft(what: string): readonly [string, (text: string) => void] {
  const { id } = useUser();
  const name = nameOf(id, what);
  const draft = useSyncExternalStore(typed.watch, () => textOf(name));
  const keep = useCallback(
    (text: string) => {
      keepDraft(id, what, text);
    },
    [id, what],
  );
  return [draft, keep];
}

/** Whoever shows the draft sees it change: its sender may be long gone when it is known to have been sent. */
export function keepDraft(userId: string, what: string, text: string): void {
  const name = nameOf(userId, what);
  typed.put(name, text);
  if (text === "") localStorage.removeItem(name);
  else localStorage.setItem(name, text);
}

/** Whether there is one of these, for whoever lists what they would belong to. */
export function useHasDraft(...whats: readonly string[]): boolean {
  const { id } = useUser();
  return useSyncExternalStore(typed.watch, () => whats.some((what) => hasDraft(id, what)));
}

export function hasDraft(userId: string, what: string): boolean {
  return textOf(nameOf(userId, what)) !== "";
}

function nameOf(userId: string, what: string): string {
  return `${PREFIX}.${userId}.${what}`;
}

function textOf(name: string): string {
  return typed.get(name) ?? localStorage.getItem(name) ?? "";
}
