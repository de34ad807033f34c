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
    [59, "59 secs"],
    [3600, "1 hr"],
    [7500, "2 hrs 5 mins"],
    [90_061, "1 day 1 hr"],
  ])("%d seconds are %s", (seconds, words) => {
    expect(formatFor("en-GB").duration(seconds)).toBe(words);
  });

  it("are written as in the reader's own country, where the browser says which", () => {
    expect(regional("en", ["de-AT", "en-GB"])).toBe("en-GB");
    expect(regional("es", ["de-AT", "en-GB"])).toBe("es");
    expect(formatFor("de").size(25_000_000)).toBe("25 MB");
  });
});

describe("the language", () => {
  it("is the one chosen before, else the first the browser asks for that we speak, else English", () => {
    expect(preferredLanguage("es", ["de"])).toBe("es");
    expect(preferredLanguage("xx", ["fr", "de-CH"])).toBe("de");
    expect(preferredLanguage(null, ["fr"])).toBe("en");
  });
});
