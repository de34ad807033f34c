import { describe, expect, it } from "vitest";
import { choicesWith } from "./choices";
import type { Preference } from "./queries";

const byMail = {
  kind: "ticket.assigned",
  scope: "all",
  channel: "email",
  when: "immediately",
  chosen: false,
} as unknown as Preference;
const inApp = { ...byMail, channel: "in_app" } as Preference;

describe("a choice", () => {
  it("is found again in what was read anew, and keeps the one before it", () => {
    const afterFirst = [{ ...byMail, when: "never", chosen: true } as Preference, { ...inApp }];
    const { kind, scope } = byMail;
    expect(choicesWith(afterFirst, inApp, "never")).toEqual([
      { kind, scope, channel: byMail.channel, when: "never" },
      { kind, scope, channel: inApp.channel, when: "never" },
    ]);
  });

  it("leaves to the default what nobody chose", () => {
    expect(choicesWith([byMail, inApp], inApp, "never")).toHaveLength(1);
  });
});
