import type { Schemas } from "@/api/client";
import { keysOf } from "@/api/keysOf";

export type Role = NonNullable<Schemas["UserChange"]["role"]>;

/** The roles that an admin can assign, least first. */
export const ROLES = keysOf<Role>({ customer: true, agent: true, admin: true });
