import type { UseFormReturnType } from "@mantine/form";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { theirs } from "./theirs";

/**
 * Keeps a form true to what is there while somebody fills it in, so that saving it overwrites nothing unseen: it takes up
 * what others changed, and shows it where the person changed the same. Answers what to call with what has been saved.
 */
export function useTheirs<Values extends object>(
  form: UseFormReturnType<Values>,
  version: number,
  now: Values,
  inWords: (value: unknown) => string = plain,
): (saved: Values) => void {
  const { t } = useTranslation("shell");
  const known = useRef({ version, values: now });

  useEffect(() => {
    const { version: before, values } = known.current;
    if (before === version) return;
    known.current = { version, values: now };
    const { taken, disputed } = theirs(values, form.getValues(), now);
    if (Object.keys(taken).length > 0) form.setValues(taken);
    if (disputed.length === 0) return;
    form.setErrors(Object.fromEntries(disputed.map((field) => [field, t("theirs", { value: inWords(now[field]) })])));
  });

  return (saved) => {
    known.current.values = saved;
  };
}

function plain(value: unknown): string {
  return (Array.isArray(value) ? value.join(", ") : String(value)) || "–";
}
