import { lazy, Suspense } from "react";
import classes from "./Markdown.module.css";
import { patiently } from "@/shell/patiently";

const Formatted = lazy(async () => ({ default: (await patiently(() => import("./Formatted"))).Formatted }));

/** A text somebody wrote in Markdown: to be read at once, and well set as soon as what sets it is there. */
export function Markdown({ children }: { readonly children: string }) {
  return (
    <Suspense fallback={<div className={classes.plain}>{children}</div>}>
      <Formatted>{children}</Formatted>
    </Suspense>
  );
}
