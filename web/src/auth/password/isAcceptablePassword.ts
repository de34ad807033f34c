const MIN_LENGTH = 8;
const MAX_LENGTH = 128;

/** Checks the rules that need no server. The server also rejects common passwords. */
export function isAcceptablePassword(password: string, email: string): boolean {
  const characters = Array.from(password).length;
  return characters >= MIN_LENGTH && characters <= MAX_LENGTH && password.toLowerCase() !== email.toLowerCase();
}
