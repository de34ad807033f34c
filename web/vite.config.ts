import { copyFile, mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Modules that are loaded together form one chunk, because many small ones compress worse. A group includes the imports of
 * its modules, so what several groups need belongs in the first of them.
 */
const CHUNKS = [
  {
    name: "base",
    priority: 3,
    test: /src\/i18n\/(index|languages)\.ts|src\/(App|ui\/(Page|links|ErrorAlert|QueryResult|RelativeTime)|shell\/(Logo|ConnectionBanner))\.tsx|core\/esm\/components\/(Stack|Group|Title|Text|Anchor|Alert|Paper)\//,
  },
  {
    name: "fields",
    priority: 2,
    test: /core\/esm\/components\/(TextInput|PasswordInput|NativeSelect)\/|@mantine\/form\//,
  },
  {
    name: "authenticated",
    priority: 1,
    test: /src\/(shell\/AppLayout|tickets\/(portal\/MyTicketsPage|conversation\/Conversation))\.tsx/,
  },
];

/** Copies the merged OpenAPI document into the build, where NGINX serves it as /api/openapi.json. */
function openapi(): Plugin {
  let directory = "";
  return {
    name: "helpdesk-openapi",
    apply: "build",
    configResolved(config) {
      directory = resolve(config.root, config.build.outDir, "api");
    },
    async closeBundle() {
      await mkdir(directory, { recursive: true });
      await copyFile(resolve(here, "../docs/openapi.json"), resolve(directory, "openapi.json"));
    },
  };
}

export default defineConfig({
  plugins: [react(), openapi()],
  resolve: { alias: { "@": resolve(here, "src") } },
  build: {
    target: "es2023",
    manifest: true,
    // For reading error reports. No script refers to its map, and NGINX serves none.
    sourcemap: "hidden",
    // Inlined files would be data: URLs, which the Content-Security-Policy allows for images only.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { client: resolve(here, "index.html"), "api-docs": resolve(here, "api-docs/index.html") },
      output: { codeSplitting: { groups: CHUNKS } },
    },
  },
  // With the browser's Host, which auth compares with the page's origin.
  server: {
    proxy: {
      "/api": { target: `http://localhost:${process.env["HELPDESK_PORT"] ?? "8080"}`, changeOrigin: false },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
  },
});
