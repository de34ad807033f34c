import { copyFile, mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = dirname(fileURLToPath(import.meta.url));

/**
 * What is fetched together is one file: sixty small ones would weigh a sixth more, since each is compressed by itself.
 * Each group takes along what its modules import, so what several groups need belongs into the first of them.
 */
const CHUNKS = [
  {
    name: "base",
    priority: 3,
    test: /src\/i18n\/(index|languages)\.ts|src\/(App|shell\/(Page|links|Trouble|Mark|Answer|Moment|AwayBanner))\.tsx|core\/esm\/components\/(Stack|Group|Title|Text|Anchor|Alert|Paper)\//,
  },
  {
    name: "fields",
    priority: 2,
    test: /core\/esm\/components\/(TextInput|PasswordInput|NativeSelect)\/|@mantine\/form\//,
  },
  { name: "inside", priority: 1, test: /src\/(shell\/AppLayout|tickets\/ticket\/(MyTicketsPage|TicketPage))\.tsx/ },
];

/** The merged OpenAPI document lies beside the client, at the address the door gives it: /api/openapi.json. */
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
    // A source map is of use to whoever reads a report of an error, and costs a visitor nothing.
    sourcemap: true,
    // Inlined files would be data: addresses, which the door's Content-Security-Policy allows for pictures only.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { client: resolve(here, "index.html"), "api-docs": resolve(here, "api-docs/index.html") },
      output: { codeSplitting: { groups: CHUNKS } },
    },
  },
  server: { proxy: { "/api": `http://localhost:${process.env["HELPDESK_PORT"] ?? "8080"}` } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/shell/setup.test-support.ts"],
  },
});
