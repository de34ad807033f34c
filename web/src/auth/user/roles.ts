import type { Schemas } from "@/api/client";

export type Role = NonNullable<Schemas["PersonChange"]["role"]>;

/** What an admin can make somebody. */
export const ROLES = ["customer", "agent", "admin"] as const satisfies readonly Role[];
