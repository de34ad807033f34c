import { keysOf } from "@/api/keysOf";
import type { Priority } from "./queries";

export const PRIORITIES = keysOf<Priority>({ low: true, normal: true, high: true, urgent: true });
