import { afterEach, describe, expect, it, vi } from "vitest";
import { drop, hold, renewBy } from "./credentials";
import { LoggedOut } from "./problem";
import { asUser } from "./transport";

describe("a request that is refused after a long while", () => {
  const tokens: (string | null)[] = [];
  let refuse: (response: Response) => void = () => undefined;

  function slowly(request: Request): Promise<Response> {
    tokens.push(request.headers.get("Authorization"));
    if (tokens.length > 1) return Promise.resolve(new Response());
    return new Promise((resolve) => {
      refuse = resolve;
    });
  }

  afterEach(() => {
    tokens.length = 0;
    drop();
  });

  async function sent(): Promise<Promise<Response>[]> {
    hold("robin", 600);
    const answers = [asUser(slowly)(new Request("http://localhost/api/v1/tickets"))];
    await vi.waitFor(() => {
      expect(tokens).toHaveLength(1);
    });
    return answers;
  }

  it("is sent again with a new token of the same person", async () => {
    const [answer] = await sent();
    renewBy(() => Promise.resolve("robin anew"));
    refuse(new Response(null, { status: 401 }));
    expect((await answer)?.status).toBe(200);
    expect(tokens).toEqual(["Bearer robin", "Bearer robin anew"]);
  });

  it("is not sent again as somebody else, who has come meanwhile", async () => {
    const [answer] = await sent();
    drop();
    hold("casey", 600);
    refuse(new Response(null, { status: 401 }));
    await expect(answer).rejects.toBeInstanceOf(LoggedOut);
    expect(tokens).toEqual(["Bearer robin"]);
  });
});
