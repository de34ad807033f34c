import { describe, expect, it } from "vitest";
import { formatFor, regional } from "./format";
import { preferredLanguage } from "./languages";

const now = new Date("2026-11-03T12:00:00Z");

describe("times and numbers", () => {
  it.each([
    ["2026-11-03T11:59:50Z", "now"],
    ["2026-11-03T11:57:00Z", "3 min ago"],
    ["2026-11-02T11:00:00Z", "yesterday"],
    ["2026-11-03T14:00:00Z", "in 2 hr"],
  ])("%s is %s", (at, words) => {
    expect(formatFor("en-GB").ago(at, now)).toBe(words);
  });

  it.each([
    [0, "0\u00a0s"],
    [59, "59\u00a0s"],
    [3600, "1\u00a0h"],
    [7500, "2\u00a0h 5\u00a0min"],
    [90_061, "1\u00a0d 1\u00a0h"],
  ])("%d seconds are %s", (seconds, words) => {
    expect(formatFor("en-GB").duration(seconds)).toBe(words);
  });

  it("are written as in the reader's own country, where the browser says which", () => {
    expect(regional("en", ["de-AT", "en-GB"])).toBe("en-GB");
    expect(regional("es", ["de-AT", "en-GB"])).toBe("es");
    expect(formatFor("de").size(1_500_000)).toBe("1,5\u00a0MB");
    expect(formatFor("en-GB").size(78)).toBe("78\u00a0B");
  });
});

describe("the language", () => {
  it("is the one chosen before, else the first the browser asks for that we speak, else English", () => {
    expect(preferredLanguage("es", ["de"])).toBe("es");
    expect(preferredLanguage("xx", ["fr", "de-CH"])).toBe("de");
    expect(preferredLanguage(null, ["fr"])).toBe("en");
  });
});
