import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/ui/links";
import classes from "./AppLayout.module.css";
import type { NavigationItem } from "./navigation";

export function NavigationLink({ item, onClick }: { readonly item: NavigationItem; readonly onClick?: () => void }) {
  const { t } = useTranslation("shell");
  return (
    <ButtonLink
      to={item.to}
      variant="subtle"
      color="gray"
      size="sm"
      px="sm"
      justify="flex-start"
      activeOptions={{ exact: item.exact ?? false, includeSearch: false }}
      className={classes.navigationLink}
      {...(onClick && { onClick })}
    >
      {t(item.label)}
    </ButtonLink>
  );
}
