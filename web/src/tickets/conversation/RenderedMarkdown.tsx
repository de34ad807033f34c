import { Typography } from "@mantine/core";
import { useMemo } from "react";
import { renderMarkdown } from "./markdown";
import classes from "./Markdown.module.css";

export function RenderedMarkdown({ children }: { readonly children: string }) {
  const html = useMemo(() => renderMarkdown(children), [children]);
  return <Typography className={classes.rendered} dangerouslySetInnerHTML={{ __html: html }} />;
}
