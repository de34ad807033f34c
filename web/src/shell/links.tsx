import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  type ElementProps,
  UnstyledButton,
  type UnstyledButtonProps,
} from "@mantine/core";
import { createLink } from "@tanstack/react-router";

/* The library's components as links whose addresses and search parameters are checked by their types. */

export type OfLink<Props> = Props & ElementProps<"a", Extract<keyof Props, string>>;

export const AnchorLink = createLink((props: OfLink<AnchorProps>) => <Anchor {...props} />);
export const ButtonLink = createLink((props: OfLink<ButtonProps>) => <Button component="a" {...props} />);
export const PlainLink = createLink((props: OfLink<UnstyledButtonProps>) => (
  <UnstyledButton component="a" {...props} />
));
