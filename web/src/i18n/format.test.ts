import { describe, expect, it } from "vitest";
import { createFormat, regionalLocale } from "./format";
import { preferredLanguage } from "./languages";

const now = new Date("2026-11-03T12:00:00Z");

describe("times and numbers", () => {
  it.each([
    ["2026-11-03T11:59:50Z", "now"],
    ["2026-11-03T11:57:00Z", "3 min ago"],
    ["2026-11-02T11:00:00Z", "yesterday"],
    ["2026-11-03T14:00:00Z", "in 2 hr"],
  ])("%s is %s", (at, text) => {
    expect(createFormat("en-GB").relative(at, now)).toBe(text);
  });

  it.each([
    [0, "0\u00a0s"],
    [59, "59\u00a0s"],
    [3600, "1\u00a0h"],
    [7500, "2\u00a0h 5\u00a0min"],
    [90_061, "1\u00a0d 1\u00a0h"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(createFormat("en-GB").duration(seconds)).toBe(text);
  });

  it("show the year of a day unless it is the current one", () => {
    expect(createFormat("en-GB").day("2026-12-24", now)).toBe("24 Dec");
    expect(createFormat("en-GB").day("2025-12-24", now)).toBe("24 Dec 2025");
  });

  it("use the regional variant that the browser asks for", () => {
    expect(regionalLocale("en", ["de-AT", "en-GB"])).toBe("en-GB");
    expect(regionalLocale("es", ["de-AT", "en-GB"])).toBe("es");
    expect(createFormat("de").fileSize(1_500_000)).toBe("1,5\u00a0MB");
    expect(createFormat("en-GB").fileSize(78)).toBe("78\u00a0B");
  });
});

describe("the language", () => {
  it("is the stored one, else the first supported one of the browser, else English", () => {
    expect(preferredLanguage("es", ["de"])).toBe("es");
    expect(preferredLanguage("xx", ["fr", "de-CH"])).toBe("de");
    expect(preferredLanguage(null, ["fr"])).toBe("en");
  });
});
