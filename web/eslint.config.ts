import js from "@eslint/js";
import i18next from "eslint-plugin-i18next";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import typescript from "typescript-eslint";

/** The browser's network APIs, which only src/api may use. */
const NETWORK = ["fetch", "XMLHttpRequest", "EventSource", "WebSocket"];

export default defineConfig(
  globalIgnores(["dist*", "node_modules", "src/api/schema.ts", "postcss.config.cjs"]),
  js.configs.recommended,
  typescript.configs.strictTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "max-lines": ["error", 300],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // The router expects `throw redirect(...)`.
      "@typescript-eslint/only-throw-error": [
        "error",
        { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_$" }],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/api/**", "src/**/*.test.ts"],
    rules: {
      "no-restricted-globals": ["error", ...NETWORK.map((name) => ({ name, message: "Requests go through src/api." }))],
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "openapi-fetch", message: "Requests go through src/api." }] },
      ],
    },
  },
  {
    files: ["src/**/*.tsx"],
    plugins: { i18next },
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name='type'][value.value='email']",
          message: "Browsers change addresses in such a field. Use EmailField.",
        },
      ],
      "i18next/no-literal-string": [
        "error",
        {
          mode: "jsx-only",
          "jsx-attributes": {
            include: ["^(aria-)?(label|description|title|placeholder|alt)$", "^(label|error|legend|nothingFound\\w*)$"],
          },
          words: { exclude: ["[\\s·–→…()/:,.|-]+"] },
          callees: { exclude: ["t", ".*"] },
        },
      ],
    },
  },
);
