import { beforeEach, describe, expect, it, vi } from "vitest";
import { clearAccessToken, getAccessToken, refreshAccessToken, setAccessToken, setTokenRefresher } from "./accessToken";

describe("the access token", () => {
  beforeEach(clearAccessToken);

  it("is used until shortly before it expires", async () => {
    setAccessToken("first", 900);
    expect(await getAccessToken()).toBe("first");
  });

  it("is refreshed before it expires, once for all concurrent callers", async () => {
    const renew = vi.fn(() => {
      setAccessToken("second", 900);
      return Promise.resolve("second");
    });
    setTokenRefresher(renew);
    setAccessToken("first", 5);
    expect(await Promise.all([getAccessToken(), getAccessToken(), refreshAccessToken("first")])).toEqual([
      "second",
      "second",
      "second",
    ]);
    expect(renew).toHaveBeenCalledOnce();
  });

  it("is not refreshed for a caller whose rejected token was already replaced", async () => {
    setTokenRefresher(() => Promise.reject(new Error("must not refresh")));
    setAccessToken("second", 900);
    expect(await refreshAccessToken("first")).toBe("second");
  });

  it("is null when nobody is logged in", async () => {
    expect(await getAccessToken()).toBeNull();
  });
});
