import { once } from "./client";
import { isPassing } from "./problem";

/** The keys of what was sent and not answered yet, by the fingerprint of what it is. */
const unanswered = new Map<string, string>();

/** Of this page alone, so that a fingerprint says nothing of what somebody typed, a password perhaps. */
const salt = crypto.randomUUID();

/**
 * Sends what a person made, as `what`, under an `Idempotency-Key` that stays until the server answers: the same sent
 * again after no answer, even from another form, does nothing twice.
 */
export async function attempt<Answer>(
  what: string,
  body: unknown,
  send: (header: ReturnType<typeof once>) => Promise<Answer>,
): Promise<Answer> {
  const name = await fingerprint(JSON.stringify([salt, what, body]));
  const key = unanswered.get(name) ?? crypto.randomUUID();
  unanswered.set(name, key);
  try {
    const answer = await send(once(key));
    unanswered.delete(name);
    return answer;
  } catch (error) {
    if (!isPassing(error)) unanswered.delete(name);
    throw error;
  }
}

async function fingerprint(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return String.fromCharCode(...new Uint8Array(digest));
}
