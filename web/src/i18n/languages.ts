export const LANGUAGES = ["en", "de", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

/** As their own speakers call them. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", de: "Deutsch", es: "Español" };

const KEPT = "helpdesk.language";

export function isLanguage(text: string | null | undefined): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/** What was chosen here before, else what the browser asks for. */
export function preferredLanguage(kept: string | null, asked: readonly string[]): Language {
  if (isLanguage(kept)) return kept;
  return asked.map((each) => each.slice(0, 2).toLowerCase()).find(isLanguage) ?? "en";
}

export function keptLanguage(): string | null {
  return localStorage.getItem(KEPT);
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language);
}
