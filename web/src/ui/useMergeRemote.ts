import type { UseFormReturnType } from "@mantine/form";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { mergeRemote } from "./mergeRemote";

/**
 * Merges remote changes into a form while the user edits it, so that saving overwrites nothing unseen: untouched
 * fields are updated, and fields that both changed get an error with the remote value. Call the returned function
 * with the values that were saved.
 */
export function useMergeRemote<Values extends object>(
  form: UseFormReturnType<Values>,
  version: number,
  remote: Values,
  format: (value: unknown) => string = formatValue,
): (saved: Values) => void {
  const { t } = useTranslation("shell");
  const base = useRef({ version, values: remote });

  useEffect(() => {
    const { version: baseVersion, values } = base.current;
    if (baseVersion === version) return;
    base.current = { version, values: remote };
    const { merged, conflicts } = mergeRemote(values, form.getValues(), remote);
    if (Object.keys(merged).length > 0) form.setValues(merged);
    if (conflicts.length === 0) return;
    form.setErrors(
      Object.fromEntries(conflicts.map((field) => [field, t("remoteChange", { value: format(remote[field]) })])),
    );
  });

  return (saved) => {
    base.current.values = saved;
  };
}

function formatValue(value: unknown): string {
  return (Array.isArray(value) ? value.join(", ") : String(value)) || "–";
}
