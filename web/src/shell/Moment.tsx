import { Text, type TextProps } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useFormat } from "@/i18n/format";

let now = new Date();
const listeners = new Set<() => void>();
setInterval(() => {
  now = new Date();
  for (const listener of listeners) listener();
}, 30_000);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}

interface Props extends TextProps {
  readonly at: string;
  /** Day and time instead of how long ago. */
  readonly exact?: boolean;
}

/** A point in time, seen from now; the exact one is the title. */
export function Moment({ at, exact = false, ...text }: Props) {
  const format = useFormat();
  const seen = useNow();
  const later = new Date(at) > seen ? new Date() : seen; // what has just happened is not "in 12 seconds"
  return (
    <Text
      component="time"
      size="sm"
      inherit={text.size === undefined}
      {...text}
      {...{ dateTime: at, title: format.moment(at) }}
    >
      {exact ? format.moment(at) : format.ago(at, later)}
    </Text>
  );
}
