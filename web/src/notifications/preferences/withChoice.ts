import type { Schemas } from "@/api/client";
import type { Preference, When } from "./queries";

/** All choices of the user after one preference is set. Preferences that were never chosen follow the default. */
export function withChoice(all: readonly Preference[], preference: Preference, when: When): Schemas["ChoiceBody"][] {
  return all
    .map((each) => (isSame(each, preference) ? { ...each, when, chosen: true } : each))
    .filter(({ chosen }) => chosen)
    .map(({ kind, scope, channel, when: at }) => ({ kind, scope, channel, when: at }));
}

function isSame(a: Preference, b: Preference): boolean {
  return a.kind === b.kind && a.scope === b.scope && a.channel === b.channel;
}
