import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";
import { retryImport } from "@/browser/retryImport";
import { type Language, LANGUAGES, preferredLanguage, storedLanguage, storeLanguage } from "./languages";

const LOADERS = import.meta.glob<{ default: Record<string, unknown> }>("./locales/*/*.json");

/** Each namespace of each language is a chunk that is loaded on first use. */
const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace, callback) => {
    const load = LOADERS[`./locales/${language}/${namespace}.json`];
    if (load === undefined) {
      callback(new Error(`No texts for ${namespace} in ${language}`), false);
      return;
    }
    retryImport(load).then(
      (file) => callback(null, file.default),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), false),
    );
  },
};

export async function startTranslations(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferredLanguage(storedLanguage(), navigator.languages),
      fallbackLng: false,
      supportedLngs: LANGUAGES,
      ns: ["shell"],
      defaultNS: "shell",
      interpolation: { escapeValue: false }, // React escapes
      react: { useSuspense: true },
      returnNull: false,
    });
}

export async function changeLanguage(language: Language): Promise<void> {
  storeLanguage(language);
  await i18next.changeLanguage(language);
}
