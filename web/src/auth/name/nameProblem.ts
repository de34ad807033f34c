const MAX_LENGTH = 100;
const INVISIBLE = /^[\s\p{C}\u034f\u115f\u1160\u2800\u3164\uffa0]*$/u;

/** Why the server would refuse the name of a person, as a key of `account:invalid`. */
export function nameProblem(name: string): "name" | "nameTooLong" | "nameWithLink" | null {
  if (INVISIBLE.test(name)) return "name";
  const plain = name.normalize("NFKC").toLowerCase();
  if (plain.includes("://") || plain.includes("www.")) return "nameWithLink";
  return Array.from(name.trim()).length > MAX_LENGTH ? "nameTooLong" : null;
}
