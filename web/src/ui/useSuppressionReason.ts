import { useTranslation } from "react-i18next";

/** Why emails to an address are not delivered: what an admin typed, or the text for a word of the mailer. */
export function useSuppressionReason(): (reason: string) => string {
  const { t } = useTranslation("shell");
  return (reason) => (reason === "permanent_failure" ? t("suppression.permanent_failure") : reason);
}
