import createClient from "openapi-fetch";
import { problemOf, Refused } from "./problem";
import type { components, paths } from "./schema";
import { asUser, reach } from "./transport";
import { uploading } from "./upload";

export type Schemas = components["schemas"];

/** Every call of the API goes through here, typed by the services' own OpenAPI documents. */
export const api = createClient<paths>({ fetch: asUser() });

/** For calls that need nobody to be logged in: given as options beside `body`. */
export const anonymously = { fetch: (request: Request) => reach(request) } as const;

interface Outcome<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The answer's body. Raises Refused with the problem where the server says no. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<Exclude<T, undefined>> {
  const { data, error, response } = await call;
  if (response.ok) return data as Exclude<T, undefined>;
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  throw new Refused(problemOf(error, response), Number.isNaN(wait) ? undefined : wait);
}

/** For a body whose way up is watched: given as options beside `body`. */
export function watched(progress: (share: number) => void) {
  return { fetch: asUser(uploading(progress)) } as const;
}

/** `If-Match` for the version that was seen. */
export function ifMatch(version: number): { readonly "if-match": string } {
  return { "if-match": `"${String(version)}"` };
}

/** `Idempotency-Key` of one attempt of a person; sent again, it does nothing twice. */
export function once(key: string): { readonly "idempotency-key": string } {
  return { "idempotency-key": key };
}
