import { beforeEach, describe, expect, it, vi } from "vitest";
import { drop, hold, present, renewBy, renewed } from "./credentials";

describe("the access token", () => {
  beforeEach(drop);

  it("is sent while it is good for some time", async () => {
    hold("first", 900);
    expect(await present()).toBe("first");
  });

  it("is renewed before it ends, once for all who ask meanwhile", async () => {
    const renew = vi.fn(() => {
      hold("second", 900);
      return Promise.resolve("second");
    });
    renewBy(renew);
    hold("first", 5);
    expect(await Promise.all([present(), present(), renewed("first")])).toEqual(["second", "second", "second"]);
    expect(renew).toHaveBeenCalledOnce();
  });

  it("is not renewed for somebody who was refused with one that was replaced since", async () => {
    renewBy(() => Promise.reject(new Error("nobody should ask")));
    hold("second", 900);
    expect(await renewed("first")).toBe("second");
  });

  it("is none when nobody is logged in", async () => {
    expect(await present()).toBeNull();
  });
});
