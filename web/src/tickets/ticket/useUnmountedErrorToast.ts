import { useTranslation } from "react-i18next";
import { LoggedOutError } from "@/api/problem";
import { toastError, toastWarning } from "@/ui/toast";
import { ConflictError } from "./reconcile";

/** Shows an error as a toast if the form that would show it is no longer mounted. */
export function useUnmountedErrorToast(isMounted: () => boolean): (error: unknown) => void {
  const { t } = useTranslation(["shell", "tickets"]);
  return (error) => {
    if (isMounted() || error instanceof LoggedOutError) return;
    if (error instanceof ConflictError) toastWarning(t("tickets:conflict.notSaved", { number: error.current.number }));
    else toastError(error, t);
  };
}
