/**
 * Texts in localStorage that only their user can read: encrypted with a key that the server gives at each login and that
 * is kept in memory alone. Browsers offer encryption over TLS and on localhost only; elsewhere nothing is stored.
 */

const ALGORITHM = "AES-GCM";
const IV_BYTES = 12;

interface Unlocked {
  readonly userId: string;
  readonly key: CryptoKey;
}

let unlocked: Unlocked | null = null;
let unlocking = Promise.resolve();
const listeners = new Set<(userId: string) => void>();

/** Returns once `readTexts` and `writeText` use the key of that user, 32 bytes in base64url. */
export function unlockStorage(userId: string, encodedKey: string): Promise<void> {
  // A key that cannot be used does not keep the next one from being used.
  unlocking = unlocking.catch(() => undefined).then(async () => {
    if (!("subtle" in crypto) || unlocked?.userId === userId) return;
    const key = await crypto.subtle.importKey("raw", decode(encodedKey), ALGORITHM, false, ["encrypt", "decrypt"]);
    unlocked = { userId, key };
    for (const listener of listeners) listener(userId);
  });
  return unlocking;
}

export function lockStorage(): void {
  unlocking = unlocking.catch(() => undefined).then(() => {
    unlocked = null;
  });
  unlocked = null;
}

/** Calls `listener` with the user's id after each unlocking, and now if the storage is unlocked. */
export function onStorageUnlocked(listener: (userId: string) => void): void {
  listeners.add(listener);
  if (unlocked !== null) listener(unlocked.userId);
}

/** Calls `listener` when another tab has stored or removed a text of the user whose name begins with `prefix`. */
export function onTextStored(prefix: string, listener: (name: string, text: string) => void): void {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key?.startsWith(prefix) !== true || unlocked === null) return;
    if (newValue === null) listener(key, "");
    else
      void decrypt(unlocked.key, key, newValue).then(
        (text) => listener(key, text),
        () => undefined, // It is another user's.
      );
  });
}

/** The user's texts whose names begin with `prefix`, by name. A text that cannot be decrypted is removed. */
export async function readTexts(prefix: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const reader = unlocked;
  if (reader === null) return texts;
  for (const name of Object.keys(localStorage).filter((each) => each.startsWith(prefix))) {
    const stored = localStorage.getItem(name);
    if (stored === null) continue;
    try {
      texts.set(name, await decrypt(reader.key, name, stored));
    } catch {
      localStorage.removeItem(name);
    }
  }
  return texts;
}

/** Stores a text of the user; an empty one is removed. Without a key nothing changes. */
export async function writeText(name: string, text: string): Promise<void> {
  const writer = unlocked;
  if (writer === null) return;
  if (text === "") {
    localStorage.removeItem(name);
    return;
  }
  const encrypted = await encrypt(writer.key, name, text);
  if (unlocked === writer) localStorage.setItem(name, encrypted);
}

async function encrypt(key: CryptoKey, name: string, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const encrypted = await crypto.subtle.encrypt(parameters(iv, name), key, new TextEncoder().encode(text));
  return encode(new Uint8Array([...iv, ...new Uint8Array(encrypted)]));
}

async function decrypt(key: CryptoKey, name: string, stored: string): Promise<string> {
  const bytes = decode(stored);
  const parts = [bytes.slice(0, IV_BYTES), bytes.slice(IV_BYTES)] as const;
  return new TextDecoder().decode(await crypto.subtle.decrypt(parameters(parts[0], name), key, parts[1]));
}

/** The name is authenticated too: a text cannot be moved to another name. */
function parameters(iv: Uint8Array<ArrayBuffer>, name: string): AesGcmParams {
  return { name: ALGORITHM, iv, additionalData: new TextEncoder().encode(name) };
}

function encode(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
}
