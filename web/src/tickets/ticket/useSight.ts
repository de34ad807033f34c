import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { LoggedOut } from "@/api/problem";
import { toastProblem, toastTrouble } from "@/shell/toast";
import { Overtaken } from "./changes";

interface Sight {
  /** Whether whoever sent something still sees where they sent it from. */
  readonly inSight: () => boolean;
  /** Says what went wrong where the form that would say so is not in sight. */
  readonly tellElsewhere: (error: unknown) => void;
}

/** For answers that come when the person may have gone elsewhere. `shows`: whether there is a form that shows them. */
export function useSight(shows = true): Sight {
  const { t } = useTranslation(["shell", "tickets"]);
  const seen = useRef(false);
  useEffect(() => {
    seen.current = shows;
    return () => {
      seen.current = false;
    };
  }, [shows]);
  const inSight = useCallback(() => seen.current, []);

  function tellElsewhere(error: unknown) {
    if (inSight() || error instanceof LoggedOut) return;
    if (error instanceof Overtaken) toastProblem(t("tickets:overtaken.notMade", { number: error.now.number }));
    else toastTrouble(error, t);
  }

  return { inSight, tellElsewhere };
}
