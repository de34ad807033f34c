import createClient from "openapi-fetch";
import { ProblemError, toProblem } from "./problem";
import type { components, paths } from "./schema";
import { authenticatedFetch, optionallyAuthenticatedFetch, sendRequest } from "./transport";
import { xhrFetch } from "./xhrFetch";

export type Schemas = components["schemas"];

/** The typed API client. Its types are generated from docs/openapi.json. */
export const api = createClient<paths>({ fetch: authenticatedFetch() });

/** Request option for endpoints that need no access token. */
export const withoutAuth = { fetch: (request: Request) => sendRequest(request) } as const;

/** Request option for endpoints that use the access token of whoever is logged in, if anybody is. */
export const withOptionalAuth = { fetch: optionallyAuthenticatedFetch } as const;

interface FetchResult<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** Returns the response body. Raises ProblemError for an error response. */
export async function unwrap<T>(call: Promise<FetchResult<T>>): Promise<Exclude<T, undefined>> {
  const { data, error, response } = await call;
  if (response.ok) return data as Exclude<T, undefined>;
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  throw new ProblemError(toProblem(error, response), Number.isNaN(retryAfter) ? undefined : retryAfter);
}

/** Request option that reports the uploaded fraction (0 to 1) of the body. */
export function withUploadProgress(onProgress: (fraction: number) => void) {
  return { fetch: authenticatedFetch(xhrFetch(onProgress)) } as const;
}

export function ifMatch(version: number): { readonly "if-match": string } {
  return { "if-match": `"${String(version)}"` };
}

export function idempotencyKey(key: string): { readonly "idempotency-key": string } {
  return { "idempotency-key": key };
}
