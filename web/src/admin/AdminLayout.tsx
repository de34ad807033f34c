import { Outlet, useLocation } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { LoadingIndicator } from "@/ui/QueryResult";
import { RouterNavLink } from "@/ui/RouterNavLink";
import classes from "./AdminLayout.module.css";

const TABS = [
  ["/admin/people", "people"],
  ["/admin/organisation", "organisation"],
  ["/admin/notifications", "notificationDefaults"],
  ["/admin/audit", "audit"],
  ["/admin/mail", "mail"],
  ["/admin/suppressions", "suppressions"],
  ["/admin/dead-letters", "deadLetters"],
] as const;

export function AdminLayout() {
  const { t } = useTranslation("admin");
  const { pathname } = useLocation();
  const tabs = useRef<HTMLElement>(null);

  useEffect(() => {
    tabs.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [pathname]);

  return (
    <div className={classes.admin}>
      <nav ref={tabs} className={classes.tabs} aria-label={t("title")}>
        <ul>
          {TABS.map(([to, tab]) => (
            <li key={to}>
              <RouterNavLink to={to} label={t(`${tab}.title`)} className={classes.tab} />
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.page}>
        <Suspense fallback={<LoadingIndicator />}>
          <Outlet />
        </Suspense>
      </div>
    </div>
  );
}
