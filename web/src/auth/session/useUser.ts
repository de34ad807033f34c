import { type User, useSession } from "./session";

/** Whoever is logged in. Only for pages that nobody else gets to see. */
export function useUser(): User {
  const session = useSession();
  if (session.state === "active" || session.state === "expired") return remember(session.user);
  // Between leaving and the log-in page the old page is drawn once more.
  if (last !== null) return last;
  throw new Error("Nobody is logged in");
}

let last: User | null = null;

function remember(user: User): User {
  last = user;
  return user;
}
