import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"];

/** An error response with an RFC 9457 problem. `code` is stable; `detail` is written for people. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;
  /** Seconds from the `Retry-After` header. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }
}

/** The request got no response. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** Nobody is logged in, and the user declined to log in again. */
export class LoggedOutError extends Error {
  override readonly name = "LoggedOutError";
}

const UNAVAILABLE = new Set([502, 503, 504]);

/** Whether the same request may succeed a moment later. */
export function isTransient(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof ProblemError && UNAVAILABLE.has(error.status));
}

export function isProblem(error: unknown, ...codesOrStatuses: readonly (string | number)[]): error is ProblemError {
  return error instanceof ProblemError && codesOrStatuses.some((each) => each === error.code || each === error.status);
}

/** The problem document of an error response, or a substitute if the body is none. */
export function toProblem(body: unknown, response: Response): Problem {
  if (typeof body === "object" && body !== null && "code" in body && "detail" in body) return body as Problem;
  return {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    detail: response.statusText,
    instance: response.url,
    code: "unknown",
    request_id: response.headers.get("X-Request-ID") ?? "",
  };
}
