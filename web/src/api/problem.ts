import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"];

/** The server answered, and said no: an RFC 9457 problem. `code` is stable, `detail` is for people. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly problem: Problem;
  /** Seconds the server asks to wait, where it does. */
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

/** No answer, or none of the service's own: the network is away, or the door cannot reach the service. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Nobody is logged in any more, and whoever was asked to log in again chose not to. */
export class LoggedOut extends Error {
  override readonly name = "LoggedOut";
}

const AWAY = new Set([502, 503, 504]);

/** Whether the same call may well succeed a moment later. */
export function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Refused && AWAY.has(error.status));
}

export function isRefusal(error: unknown, ...codesOrStatuses: readonly (string | number)[]): error is Refused {
  return error instanceof Refused && codesOrStatuses.some((each) => each === error.code || each === error.status);
}

/** What the body of an error says; a problem of our own making where it is no problem document. */
export function problemOf(body: unknown, response: Response): Problem {
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
