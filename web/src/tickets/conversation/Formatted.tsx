import { Typography } from "@mantine/core";
import { useMemo } from "react";
import classes from "./Markdown.module.css";
import { toHtml } from "./markdown";

/** Markdown as it is meant to look. */
export function Formatted({ children }: { readonly children: string }) {
  const html = useMemo(() => toHtml(children), [children]);
  return <Typography className={classes.text} dangerouslySetInnerHTML={{ __html: html }} />;
}
