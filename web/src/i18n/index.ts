import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";
import { patiently } from "@/shell/patiently";
import { keepLanguage, keptLanguage, type Language, LANGUAGES, preferredLanguage } from "./languages";

const FILES = import.meta.glob<{ default: Record<string, unknown> }>("./locales/*/*.json");

/** Each language's texts of each part of the client are a file of their own, fetched when first needed. */
const files: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace, done) => {
    const load = FILES[`./locales/${language}/${namespace}.json`];
    if (load === undefined) {
      done(new Error(`There is no ${namespace} in ${language}`), false);
      return;
    }
    patiently(load).then(
      (file) => {
        done(null, file.default);
      },
      (error: unknown) => {
        done(error instanceof Error ? error : new Error(String(error)), false);
      },
    );
  },
};

export async function startTranslations(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  await i18next
    .use(files)
    .use(initReactI18next)
    .init({
      lng: preferredLanguage(keptLanguage(), navigator.languages),
      fallbackLng: false,
      supportedLngs: LANGUAGES,
      ns: ["shell"],
      defaultNS: "shell",
      interpolation: { escapeValue: false }, // React escapes
      react: { useSuspense: true },
      returnNull: false,
    });
}

export async function speak(language: Language): Promise<void> {
  keepLanguage(language);
  await i18next.changeLanguage(language);
}
