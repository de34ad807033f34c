import { idempotencyKey } from "./client";
import { isTransient } from "./problem";

/** Keys of requests without a response yet, by fingerprint of the request. */
const pendingKeys = new Map<string, string>();

/** Fingerprints are salted per page load, so that they reveal nothing about the body, which may hold a password. */
const salt = crypto.randomUUID();

/**
 * Sends a request with an `Idempotency-Key` that is kept until the server responds. Sending the same operation and
 * body again after a lost response reuses the key, so it takes effect once, even from another form.
 */
export async function sendIdempotently<Result>(
  operation: string,
  body: unknown,
  send: (header: ReturnType<typeof idempotencyKey>) => Promise<Result>,
): Promise<Result> {
  const fingerprint = await hash(JSON.stringify([salt, operation, body]));
  const key = pendingKeys.get(fingerprint) ?? crypto.randomUUID();
  pendingKeys.set(fingerprint, key);
  try {
    const result = await send(idempotencyKey(key));
    pendingKeys.delete(fingerprint);
    return result;
  } catch (error) {
    if (!isTransient(error)) pendingKeys.delete(fingerprint);
    throw error;
  }
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return String.fromCharCode(...new Uint8Array(digest));
}
