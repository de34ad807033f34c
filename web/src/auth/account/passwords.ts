const SHORTEST = 8;
const LONGEST = 128;

/** What can be told here of a new password; the server also knows the most common ones. */
export function isAcceptable(password: string, email: string): boolean {
  const characters = Array.from(password).length;
  return characters >= SHORTEST && characters <= LONGEST && password.toLowerCase() !== email.toLowerCase();
}
