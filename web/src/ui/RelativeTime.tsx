import { Text, type TextProps } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useFormat } from "@/i18n/format";

let current = new Date();
const listeners = new Set<() => void>();
setInterval(() => {
  current = new Date();
  for (const listener of listeners) listener();
}, 30_000);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function useNow(): Date {
  return useSyncExternalStore(subscribe, () => current);
}

interface Props extends TextProps {
  readonly at: string;
  /** Shows date and time instead. */
  readonly absolute?: boolean;
}

/** The time relative to now, with date and time as its title. */
export function RelativeTime({ at, absolute = false, ...text }: Props) {
  const format = useFormat();
  const now = useNow();
  const reference = new Date(at) > now ? new Date() : now; // clock skew must not turn "now" into "in 12 seconds"
  return (
    <Text
      component="time"
      size="sm"
      inherit={text.size === undefined}
      {...text}
      {...{ dateTime: at, title: format.dateTime(at) }}
    >
      {absolute ? format.dateTime(at) : format.relative(at, reference)}
    </Text>
  );
}
