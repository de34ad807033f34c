import { NavLink, type NavLinkProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { OfLink } from "./links";

/** An entry of a menu at the side. */
export const NavLinkTo = createLink((props: OfLink<NavLinkProps>) => <NavLink component="a" {...props} />);
