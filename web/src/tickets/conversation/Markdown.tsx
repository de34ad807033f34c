import { Suspense } from "react";
import { lazyComponent } from "@/ui/lazyComponent";
import classes from "./Markdown.module.css";

const RenderedMarkdown = lazyComponent(() => import("./RenderedMarkdown"), "RenderedMarkdown");

/** Shows the plain text until the renderer is loaded. */
export function Markdown({ children }: { readonly children: string }) {
  return (
    <Suspense fallback={<div className={classes.plain}>{children}</div>}>
      <RenderedMarkdown>{children}</RenderedMarkdown>
    </Suspense>
  );
}
