import { Typography } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import classes from "./Markdown.module.css";
import { renderMarkdown } from "./markdown";

interface Props {
  /** The people whom the message notified. Without them, mentions do not show who was notified. */
  readonly notified?: readonly Schemas["PersonRefView"][] | undefined;
  /** Shown instead of a text that exceeds a bound. */
  readonly plain: ReactNode;
  readonly children: string;
}

export function RenderedMarkdown({ notified, plain, children }: Props) {
  const { t } = useTranslation("tickets");
  const html = useMemo(() => {
    const names = notified && new Map(notified.map(({ id, name }) => [id, name]));
    return renderMarkdown(children, names && { names, notNotified: t("message.mentionNotNotified") });
  }, [children, notified, t]);
  return html === null ? plain : <Typography className={classes.rendered} dangerouslySetInnerHTML={{ __html: html }} />;
}
