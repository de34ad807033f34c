import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { CalendarDay } from "@/i18n/calendarDay";

interface Props {
  readonly label: string;
  readonly value: CalendarDay | undefined;
  /** Called with undefined when the input is cleared. */
  readonly onChange: (day: CalendarDay | undefined) => void;
}

/** A day whose `value` follows the address with a delay. Until then the typed text must not jump back. */
export function DateInput({ label, value, onChange }: Props) {
  const [typed, setTyped] = useState<string>(value ?? "");
  const [lastValue, setLastValue] = useState(value);
  if (lastValue !== value) {
    setLastValue(value);
    setTyped(value ?? "");
  }
  return (
    <TextInput
      type="date"
      size="xs"
      label={label}
      value={typed}
      onChange={({ currentTarget: { value: day } }) => {
        setTyped(day);
        onChange(day === "" ? undefined : (day as CalendarDay)); // type="date" gives an RFC 3339 day or nothing
      }}
    />
  );
}
