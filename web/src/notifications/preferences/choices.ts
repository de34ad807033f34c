import type { Schemas } from "@/api/client";
import type { Preference, When } from "./queries";

/** All that somebody has chosen, once one of the preferences is chosen anew. */
export function choicesWith(all: readonly Preference[], of: Preference, when: When): Schemas["ChoiceBody"][] {
  return all
    .map((each) => (isSame(each, of) ? { ...each, when, chosen: true } : each))
    .filter(({ chosen }) => chosen)
    .map(({ kind, scope, channel, when: at }) => ({ kind, scope, channel, when: at }));
}

function isSame(one: Preference, other: Preference): boolean {
  return one.kind === other.kind && one.scope === other.scope && one.channel === other.channel;
}
