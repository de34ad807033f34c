import type { Priority } from "./queries";

export const PRIORITIES = ["low", "normal", "high", "urgent"] as const satisfies readonly Priority[];
