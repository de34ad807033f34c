import { useCallback, useState } from "react";
import { useUser } from "@/auth/session/useUser";

const PREFIX = "helpdesk.draft";

/**
 * What somebody types survives everything but sending it: kept in this browser with each key, apart for each person.
 * `what` names the text, e.g. the ticket and whether it is a note.
 */
export function useDraft(what: string): readonly [string, (text: string) => void] {
  const { id } = useUser();
  const name = `${PREFIX}.${id}.${what}`;
  const [draft, setDraft] = useState({ name, text: localStorage.getItem(name) ?? "" });
  if (draft.name !== name) setDraft({ name, text: localStorage.getItem(name) ?? "" });
  const keep = useCallback(
    (text: string) => {
      setDraft({ name, text });
      if (text === "") localStorage.removeItem(name);
      else localStorage.setItem(name, text);
    },
    [name],
  );
  return [draft.text, keep];
}

/** Whether there is one, for whoever lists what it would belong to. */
export function hasDraft(userId: string, what: string): boolean {
  return localStorage.getItem(`${PREFIX}.${userId}.${what}`) !== null;
}
