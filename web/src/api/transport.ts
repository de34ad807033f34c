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

/**
 * A `fetch` that sends the current access token. After a 401 it refreshes the token once and retries, but never as
 * another user who logged in while the request was in flight.
 */
export function authenticatedFetch(
  send?: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const epoch = sessionEpoch();
    const token = await getAccessToken();
    if (token === null) throw new LoggedOutError("Nobody is logged in");
    const retry = request.clone();
    const response = await sendRequest(withBearerToken(request, token), send);
    if (response.status !== 401) return response;
    const newToken = await refreshAccessToken(token);
    if (newToken === null || sessionEpoch() !== epoch) throw new LoggedOutError("The session has ended");
    return sendRequest(withBearerToken(retry, newToken), send);
  };
}

function withBearerToken(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}
