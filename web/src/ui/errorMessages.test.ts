import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { NetworkError, type Problem, ProblemError } from "@/api/problem";
import shell from "@/i18n/locales/en/shell.json";
import { errorMessage, fieldErrors } from "./errorMessages";

const refused = (status: number, code: string, more: Partial<Problem> = {}, retryAfter?: number) =>
  new ProblemError(
    { type: "", title: "", detail: "from the server", instance: "", request_id: "r", status, code, ...more },
    retryAfter,
  );

describe("the message for an error", () => {
  let t: TFunction;
  beforeAll(async () => {
    t = await i18next.createInstance().init({ lng: "en", resources: { en: { shell } }, ns: ["shell"] });
  });

  it("depends on the code, else the status, else is general", () => {
    expect(errorMessage(refused(401, "wrong_credentials"), t)).toBe("Incorrect email address or password.");
    expect(errorMessage(refused(409, "never_heard_of"), t)).toContain("changed in the meantime");
    expect(errorMessage(refused(418, "never_heard_of"), t)).toBe("Something went wrong. Try again.");
    expect(errorMessage(new NetworkError("away"), t)).toContain("Can't reach the server");
  });

  it("prefers the overrides of a form", () => {
    expect(errorMessage(refused(409, "email_taken"), t, { email_taken: "Log in instead." })).toBe("Log in instead.");
  });

  it("says how long to wait in whole minutes", () => {
    expect(errorMessage(refused(429, "too_many", {}, 61), t)).toContain("2 minutes");
    expect(errorMessage(refused(429, "too_many", {}, 20), t)).toContain("a minute");
  });

  it("says what to do after too many failed logins, and how long to wait", () => {
    const message = errorMessage(refused(429, "too_many_failed_logins", {}, 540), t);
    expect(message).toContain("9 minutes");
    expect(message).toContain("reset your password");
    expect(message).toContain("administrator");
  });

  it("assigns validation errors to their fields", () => {
    const error = refused(422, "invalid", { errors: [{ field: "email", message: "no" }] });
    expect(fieldErrors(error)).toEqual({ email: "no" });
    expect(fieldErrors(error, { email: "Enter an address." })).toEqual({ email: "Enter an address." });
    expect(fieldErrors(new NetworkError("away"))).toEqual({});
  });
});
