import { expect, it } from "vitest";
import { type Holder, invitationEffect } from "./invitationEffect";

const AGENT = { active: true, is_contact: false, email_verified: true, role: "agent" } as Holder;

it.each([
  ["raises a lower role", AGENT, "admin", "raises_role"],
  ["never lowers a role", AGENT, "customer", "taken"],
  ["does nothing for the same role", AGENT, "agent", "taken"],
  ["does nothing for an operator", { ...AGENT, role: "operator" }, "admin", "taken"],
  ["starts an account over whose address is not confirmed", { ...AGENT, email_verified: false }, "agent", "unverified"],
  ["gives a contact an account", { ...AGENT, email_verified: false, is_contact: true }, "customer", "contact"],
  ["is refused for a deactivated account", { ...AGENT, active: false }, "admin", "deactivated"],
] as const)("an invitation %s", (_, holder, role, effect) => {
  expect(invitationEffect(holder, role)).toBe(effect);
});
