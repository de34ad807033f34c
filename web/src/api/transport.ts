import { present, renewed, sitter } from "./credentials";
import { LoggedOut, Unreachable } from "./problem";
import { failed, succeeded } from "./reachability";

/** Sends one request as it is. Raises Unreachable where there is no answer of a service. */
export async function reach(
  request: Request,
  send: (request: Request) => Promise<Response> = fetch,
): Promise<Response> {
  let response: Response;
  try {
    response = await send(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    failed();
    throw new Unreachable("No answer", { cause: error });
  }
  if (response.status === 502 || response.status === 504) failed();
  else succeeded();
  return response;
}

/**
 * Sends one request as whoever is logged in. A refused token is renewed once and the request sent again, but never as
 * somebody else, who may have come while it was on its way.
 */
export function asUser(send?: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
  return async (request) => {
    const whose = sitter();
    const token = await present();
    if (token === null) throw new LoggedOut("Nobody is logged in");
    const again = request.clone();
    const response = await reach(bearing(request, token), send);
    if (response.status !== 401) return response;
    const fresh = await renewed(token);
    if (fresh === null || sitter() !== whose) throw new LoggedOut("The session has ended");
    return reach(bearing(again, fresh), send);
  };
}

function bearing(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}
