import { useTranslation } from "react-i18next";

const WORDS = ["permanent_failure", "manual"] as const;

function isWord(reason: string): reason is (typeof WORDS)[number] {
  return WORDS.some((word) => word === reason);
}

/** Why emails to an address are not delivered: what an admin typed, or the text for a word of the mailer. */
export function useSuppressionReason(): (reason: string) => string {
  const { t } = useTranslation("shell");
  return (reason) => (isWord(reason) ? t(`suppression.${reason}`) : reason);
}
