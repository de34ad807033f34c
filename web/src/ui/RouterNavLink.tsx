import { NavLink, type NavLinkProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { LinkProps } from "./links";

export const RouterNavLink = createLink((props: LinkProps<NavLinkProps>) => <NavLink component="a" {...props} />);
