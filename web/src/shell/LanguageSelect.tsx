import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { changeLanguage } from "@/i18n";
import { isLanguage, LANGUAGE_OPTIONS } from "@/i18n/languages";

export function LanguageSelect() {
  const { t, i18n } = useTranslation("shell");
  return (
    <NativeSelect
      aria-label={t("language")}
      size="xs"
      value={i18n.language}
      data={LANGUAGE_OPTIONS}
      onChange={({ currentTarget: { value } }) => {
        if (isLanguage(value)) void changeLanguage(value);
      }}
    />
  );
}
