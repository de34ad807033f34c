import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { speak } from "@/i18n";
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from "@/i18n/languages";

/** The language of this browser. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation("shell");
  return (
    <NativeSelect
      aria-label={t("language")}
      size="xs"
      value={i18n.language}
      data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
      onChange={({ currentTarget: { value } }) => {
        if (isLanguage(value)) void speak(value);
      }}
    />
  );
}
