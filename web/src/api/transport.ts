import { getAccessToken, refreshAccessToken, sessionEpoch } from "./accessToken";
import { LoggedOutError, NetworkError } from "./problem";
import { markReachable, markUnreachable } from "./reachability";

/** Sends a request unchanged. Raises NetworkError if there is no response. */
export async function sendRequest(
  request: Request,
  send: (request: Request) => Promise<Response> = fetch,
): Promise<Response> {
  let response: Response;
  try {
    response = await send(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    markUnreachable();
    throw new NetworkError("No response", { cause: error });
  }
  if (response.status === 502 || response.status === 504) markUnreachable();
  else markReachable();
  return response;
}

type IdentityConfirmer = () => Promise<boolean>;

let confirmIdentity: IdentityConfirmer = () => Promise.resolve(false);

/** Sets how users confirm their password for a sensitive request. It returns whether they did. */
export function setIdentityConfirmer(confirmer: IdentityConfirmer): void {
  confirmIdentity = confirmer;
}

/**
 * A `fetch` that sends the current access token. After a 401 it refreshes the token once and retries, but never as
 * another user who logged in while the request was in flight. A request that needs a recent proof of identity is
 * repeated once the user has confirmed the password.
 */
export function authenticatedFetch(
  send?: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const epoch = sessionEpoch();
    const token = await getAccessToken();
    if (token === null) throw new LoggedOutError("Nobody is logged in");
    let response = await sendRequest(withBearerToken(request.clone(), token), send);
    if (response.status === 401) {
      const newToken = await refreshAccessToken(token);
      if (newToken === null || sessionEpoch() !== epoch) throw new LoggedOutError("The session has ended");
      response = await sendRequest(withBearerToken(request.clone(), newToken), send);
    }
    if (!(await needsRecentProof(response)) || !(await confirmIdentity())) return response;
    const currentToken = await getAccessToken();
    if (currentToken === null || sessionEpoch() !== epoch) throw new LoggedOutError("The session has ended");
    return sendRequest(withBearerToken(request, currentToken), send);
  };
}

/** A `fetch` for endpoints that work without an access token, and better with one. */
export async function optionallyAuthenticatedFetch(request: Request): Promise<Response> {
  return (await getAccessToken()) === null ? sendRequest(request) : authenticatedFetch()(request);
}

async function needsRecentProof(response: Response): Promise<boolean> {
  if (response.status !== 403) return false;
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return (
    typeof problem === "object" && problem !== null && "code" in problem && problem.code === "reauthentication_required"
  );
}

function withBearerToken(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}
