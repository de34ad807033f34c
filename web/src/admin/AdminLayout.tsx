import { Outlet, useLocation } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Waiting } from "@/shell/Answer";
import { NavLinkTo } from "@/shell/NavLinkTo";
import classes from "./AdminLayout.module.css";

const PARTS = [
  ["/admin/people", "people"],
  ["/admin/organisation", "organisation"],
  ["/admin/audit", "audit"],
  ["/admin/mail", "mail"],
  ["/admin/suppressions", "suppressions"],
  ["/admin/dead-letters", "deadLetters"],
] as const;

/** What only admins see. */
export function AdminLayout() {
  const { t } = useTranslation("admin");
  const { pathname } = useLocation();
  const parts = useRef<HTMLElement>(null);

  useEffect(() => {
    parts.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [pathname]);

  return (
    <div className={classes.admin}>
      <nav ref={parts} className={classes.parts} aria-label={t("title")}>
        <ul>
          {PARTS.map(([to, part]) => (
            <li key={to}>
              <NavLinkTo to={to} label={t(`${part}.title`)} className={classes.part} />
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.page}>
        <Suspense fallback={<Waiting />}>
          <Outlet />
        </Suspense>
      </div>
    </div>
  );
}
