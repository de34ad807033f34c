import { describe, expect, it } from "vitest";
import { LANGUAGES } from "./languages";

const FILES = import.meta.glob<Record<string, unknown>>("./locales/*/*.json", { eager: true, import: "default" });
const PLURAL = /_(zero|one|two|few|many|other)$/;

function texts(node: unknown, path = ""): [string, string][] {
  if (typeof node === "string") return [[path, node]];
  return Object.entries(node as Record<string, unknown>).flatMap(([key, value]) =>
    texts(value, path === "" ? key : `${path}.${key}`),
  );
}

function textsIn(language: string): Map<string, string> {
  const own = Object.entries(FILES).filter(([file]) => file.includes(`/${language}/`));
  return new Map(
    own.flatMap(([file, node]) => texts(node).map(([key, text]) => [`${file.split("/").at(-1) ?? ""} ${key}`, text])),
  );
}

const pluralStems = (all: Map<string, string>) => new Set([...all.keys()].map((key) => key.replace(PLURAL, "")));
const placeholders = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name).sort();

const english = textsIn("en");

describe.each(LANGUAGES)("the texts in %s", (language) => {
  const all = textsIn(language);

  it("have the same keys as English", () => {
    expect([...pluralStems(all)].sort()).toEqual([...pluralStems(english)].sort());
  });

  it("are not empty", () => {
    expect([...all].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("have every plural form of the language", () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const counted = new Set([...all.keys()].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, "")));
    const missing = [...counted]
      .flatMap((stem) => needed.map((form) => `${stem}_${form}`))
      .filter((key) => !all.has(key));
    expect(missing).toEqual([]);
  });

  it("use only the placeholders of English", () => {
    for (const [key, text] of all) {
      const original = english.get(key) ?? english.get(key.replace(PLURAL, "_other")) ?? "";
      const allowed = placeholders(original);
      expect(
        placeholders(text).filter((placeholder) => !allowed.includes(placeholder)),
        key,
      ).toEqual([]);
    }
  });
});
