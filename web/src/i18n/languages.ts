import type { Schemas } from "@/api/client";
import { keysOf } from "@/api/keysOf";

export type Language = Schemas["ProfileView"]["locale"];

/** In the languages themselves. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", de: "Deutsch", es: "Español" };
export const LANGUAGES = keysOf(LANGUAGE_NAMES);
export const LANGUAGE_OPTIONS = LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }));

const STORAGE_KEY = "helpdesk.language";

export function isLanguage(text: string | null | undefined): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/** The stored language, else the first supported one that the browser asks for. */
export function preferredLanguage(stored: string | null, browserLanguages: readonly string[]): Language {
  if (isLanguage(stored)) return stored;
  return browserLanguages.map((each) => each.slice(0, 2).toLowerCase()).find(isLanguage) ?? "en";
}

export function storedLanguage(): string | null {
  return localStorage.getItem(STORAGE_KEY);
}

export function storeLanguage(language: Language): void {
  localStorage.setItem(STORAGE_KEY, language);
}
