const MIN_LENGTH = 8;
const MAX_LENGTH = 128;

/** Checks the rules that need no server, which compares passwords in NFC and also refuses those easy to guess. */
export function isAcceptablePassword(password: string, email: string): boolean {
  const characters = Array.from(password.normalize("NFC")).length;
  return characters >= MIN_LENGTH && characters <= MAX_LENGTH && password.toLowerCase() !== email.toLowerCase();
}
