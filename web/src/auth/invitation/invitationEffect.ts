import type { Schemas } from "@/api/client";
import { type Role, ROLES } from "@/auth/roles";

export type Holder = Schemas["UserDetailView"];

/** What an invitation with `role` does to the account that has its address already, as a key of `invitations.effect`. */
export function invitationEffect(
  { active, is_contact, email_verified, role: current }: Holder,
  role: Role,
): "deactivated" | "contact" | "unverified" | "raises_role" | "taken" {
  if (!active) return "deactivated";
  if (is_contact) return "contact";
  if (!email_verified) return "unverified";
  const rank = ROLES.findIndex((each) => each === current); // operators have none
  return rank >= 0 && rank < ROLES.indexOf(role) ? "raises_role" : "taken";
}
