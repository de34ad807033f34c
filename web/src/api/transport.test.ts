import { afterEach, describe, expect, it, vi } from "vitest";
import { clearAccessToken, setAccessToken, setTokenRefresher } from "./accessToken";
import { LoggedOutError } from "./problem";
import { authenticatedFetch } from "./transport";

describe("a request whose token is rejected late", () => {
  const tokens: (string | null)[] = [];
  let respond: (response: Response) => void = () => undefined;

  function slowFetch(request: Request): Promise<Response> {
    tokens.push(request.headers.get("Authorization"));
    if (tokens.length > 1) return Promise.resolve(new Response());
    return new Promise((resolve) => {
      respond = resolve;
    });
  }

  afterEach(() => {
    tokens.length = 0;
    clearAccessToken();
  });

  async function sent(): Promise<Promise<Response>[]> {
    setAccessToken("robin", 600);
    const responses = [authenticatedFetch(slowFetch)(new Request("http://localhost/api/v1/tickets"))];
    await vi.waitFor(() => {
      expect(tokens).toHaveLength(1);
    });
    return responses;
  }

  it("is retried with a new token of the same user", async () => {
    const [response] = await sent();
    setTokenRefresher(() => Promise.resolve("robin again"));
    respond(new Response(null, { status: 401 }));
    expect((await response)?.status).toBe(200);
    expect(tokens).toEqual(["Bearer robin", "Bearer robin again"]);
  });

  it("is not retried as another user who logged in since", async () => {
    const [response] = await sent();
    clearAccessToken();
    setAccessToken("casey", 600);
    respond(new Response(null, { status: 401 }));
    await expect(response).rejects.toBeInstanceOf(LoggedOutError);
    expect(tokens).toEqual(["Bearer robin"]);
  });
});
