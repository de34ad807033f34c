import { useTranslation } from "react-i18next";
import classes from "./AppLayout.module.css";
import { ButtonLink } from "./links";
import type { Place } from "./places";

/** An entry of the menu. */
export function PlaceLink({ place, onClick }: { readonly place: Place; readonly onClick?: () => void }) {
  const { t } = useTranslation("shell");
  return (
    <ButtonLink
      to={place.to}
      variant="subtle"
      color="gray"
      size="sm"
      px="sm"
      justify="flex-start"
      activeOptions={{ exact: place.exact ?? false, includeSearch: false }}
      className={classes.place}
      {...(onClick && { onClick })}
    >
      {t(place.label)}
    </ButtonLink>
  );
}
