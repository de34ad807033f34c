import i18next from "i18next";
import type { Schemas } from "@/api/client";

/** The kinds of this version of the API. A newer server may send others, which have no texts here. */
export type Kind = Schemas["ChoiceBody"]["kind"];

/** Needs the namespace `notifications`. */
export function isKnownKind(kind: string): kind is Kind {
  return i18next.exists(`notifications:kind.${kind}`);
}
