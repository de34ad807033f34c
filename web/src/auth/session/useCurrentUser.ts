import { type User, useSession } from "./session";

/** The logged-in user. Use it only below an authenticated route. */
export function useCurrentUser(): User {
  const session = useSession();
  if (session.state === "active" || session.state === "expired") return remember(session.user);
  // After logging out, the old page renders once more before the login page replaces it.
  if (last !== null) return last;
  throw new Error("Nobody is logged in");
}

let last: User | null = null;

function remember(user: User): User {
  last = user;
  return user;
}
