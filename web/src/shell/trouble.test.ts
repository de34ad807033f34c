import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { type Problem, Refused, Unreachable } from "@/api/problem";
import shell from "@/i18n/locales/en/shell.json";
import { fieldErrors, wordsFor } from "./trouble";

const refused = (status: number, code: string, more: Partial<Problem> = {}, retryAfter?: number) =>
  new Refused(
    { type: "", title: "", detail: "from the server", instance: "", request_id: "r", status, code, ...more },
    retryAfter,
  );

describe("what went wrong, in words", () => {
  let t: TFunction;
  beforeAll(async () => {
    t = await i18next.createInstance().init({ lng: "en", resources: { en: { shell } }, ns: ["shell"] });
  });

  it("is said by the code, else by the status, else in general", () => {
    expect(wordsFor(refused(401, "wrong_credentials"), t)).toBe("Incorrect email address or password.");
    expect(wordsFor(refused(409, "never_heard_of"), t)).toContain("changed in the meantime");
    expect(wordsFor(refused(418, "never_heard_of"), t)).toBe("Something went wrong. Try again.");
    expect(wordsFor(new Unreachable("away"), t)).toContain("Can't reach the server");
  });

  it("gives a form's own words before the general ones", () => {
    expect(wordsFor(refused(409, "email_taken"), t, { email_taken: "Log in instead." })).toBe("Log in instead.");
  });

  it("says how long to wait, in whole minutes", () => {
    expect(wordsFor(refused(429, "too_many", {}, 61), t)).toContain("2 minutes");
    expect(wordsFor(refused(429, "too_many", {}, 20), t)).toContain("a minute");
  });

  it("puts what is wrong with a field at the field", () => {
    const error = refused(422, "invalid", { errors: [{ field: "email", message: "no" }] });
    expect(fieldErrors(error)).toEqual({ email: "no" });
    expect(fieldErrors(error, { email: "Enter an address." })).toEqual({ email: "Enter an address." });
    expect(fieldErrors(new Unreachable("away"))).toEqual({});
  });
});
