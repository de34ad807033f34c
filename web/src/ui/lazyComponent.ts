import { type ComponentType, lazy } from "react";
import { retryImport } from "@/browser/retryImport";

/** `React.lazy` for a named export, with retries while offline. */
export function lazyComponent<Name extends string, Props>(
  load: () => Promise<Readonly<Record<Name, ComponentType<Props>>>>,
  name: Name,
) {
  return lazy(async () => ({ default: (await retryImport(load))[name] }));
}
