import { describe, expect, it } from "vitest";
import type { Preference } from "./queries";
import { withChoice } from "./withChoice";

const byMail = {
  kind: "ticket.assigned",
  scope: "all",
  channel: "email",
  when: "immediately",
  chosen: false,
} as unknown as Preference;
const inApp = { ...byMail, channel: "in_app" } as Preference;

describe("a choice", () => {
  it("is applied to refetched preferences and keeps the choice before it", () => {
    const afterFirst = [{ ...byMail, when: "never", chosen: true } as Preference, { ...inApp }];
    const { kind, scope } = byMail;
    expect(withChoice(afterFirst, inApp, "never")).toEqual([
      { kind, scope, channel: byMail.channel, when: "never" },
      { kind, scope, channel: inApp.channel, when: "never" },
    ]);
  });

  it("omits preferences that were never chosen", () => {
    expect(withChoice([byMail, inApp], inApp, "never")).toHaveLength(1);
  });
});
