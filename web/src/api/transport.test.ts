import { afterEach, describe, expect, it, vi } from "vitest";
import { clearAccessToken, setAccessToken, setTokenRefresher } from "./accessToken";
import { LoggedOutError } from "./problem";
import { authenticatedFetch, setIdentityConfirmer } from "./transport";

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

describe("a request that needs a recent proof of identity", () => {
  const refusal = () => Response.json({ code: "reauthentication_required", detail: "" }, { status: 403 });

  afterEach(() => {
    clearAccessToken();
    setIdentityConfirmer(() => Promise.resolve(false));
  });

  async function send(responses: Response[]): Promise<Response> {
    setAccessToken("robin", 600);
    const request = new Request("http://localhost/api/v1/auth/me", { method: "PATCH", body: "{}" });
    return authenticatedFetch(() => Promise.resolve(responses.shift() ?? Response.error()))(request);
  }

  it("is repeated once the user has confirmed the password", async () => {
    setIdentityConfirmer(() => Promise.resolve(true));
    expect((await send([refusal(), new Response()])).status).toBe(200);
  });

  it("is repeated after a late refusal of the token as well", async () => {
    setIdentityConfirmer(() => Promise.resolve(true));
    setTokenRefresher(() => Promise.resolve("robin again"));
    expect((await send([new Response(null, { status: 401 }), refusal(), new Response()])).status).toBe(200);
  });

  it("is refused if the user cancels", async () => {
    expect((await send([refusal()])).status).toBe(403);
  });

  it("is not repeated for another refusal", async () => {
    setIdentityConfirmer(() => Promise.resolve(true));
    expect((await send([Response.json({ code: "forbidden" }, { status: 403 })])).status).toBe(403);
  });
});
