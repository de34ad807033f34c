/**
 * Prints how much gzipped JavaScript each customer page loads before it is usable. Fails if one exceeds the budget.
 *
 *     node tools/budget.ts            # after `vite build`
 */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 200_000;

/** The modules and texts that each page needs before it is usable. */
const PUBLIC = ["src/shell/PublicLayout.tsx", ...texts("shell", "account")];
const AUTHENTICATED = ["src/shell/AppLayout.tsx", ...texts("shell", "notifications", "tickets")];
const CUSTOMER_PAGES: Record<string, readonly string[]> = {
  "log in": [...PUBLIC, "src/auth/session/LoginPage.tsx"],
  "sign up": [...PUBLIC, "src/auth/account/SignUpPage.tsx"],
  "my tickets": [...AUTHENTICATED, "src/tickets/portal/MyTicketsPage.tsx"],
  "new ticket": [...AUTHENTICATED, "src/tickets/portal/NewTicketPage.tsx"],
  ticket: [...AUTHENTICATED, "src/tickets/portal/TicketPage.tsx"],
  profile: [
    ...AUTHENTICATED,
    ...texts("account"),
    "src/auth/account/AccountPage.tsx",
    "src/auth/profile/ProfileTab.tsx",
  ],
  security: [
    ...AUTHENTICATED,
    ...texts("account"),
    "src/auth/account/AccountPage.tsx",
    "src/auth/account/SecurityTab.tsx",
  ],
  notifications: [...AUTHENTICATED, "src/notifications/inbox/InboxPage.tsx"],
};

function texts(...names: readonly string[]): string[] {
  return names.map((name) => `src/i18n/locales/de/${name}.json`); // the longest language
}

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

const dist = resolve(dirname(fileURLToPath(import.meta.url)), "../dist");
const manifest = JSON.parse(readFileSync(resolve(dist, ".vite/manifest.json"), "utf8")) as Record<string, Chunk>;

function closure(names: readonly string[], seen = new Set<string>()): Set<string> {
  for (const name of names) {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`${name} is not in the build; update tools/budget.ts`);
    if (seen.has(name)) continue;
    seen.add(name);
    closure(chunk.imports ?? [], seen);
  }
  return seen;
}

function weight(parts: readonly string[]): number {
  const files = new Set([...closure(["index.html", ...parts])].map((name) => manifest[name]?.file ?? ""));
  const scripts = [...files].filter((file) => file.endsWith(".js"));
  return scripts.reduce((sum, file) => sum + gzipSync(readFileSync(resolve(dist, file)), { level: 6 }).length, 0);
}

let over = false;
for (const [page, parts] of Object.entries(CUSTOMER_PAGES)) {
  const bytes = weight(parts);
  over ||= bytes > BUDGET;
  console.log(`${page.padEnd(14)} ${(bytes / 1000).toFixed(1).padStart(6)} kB of ${String(BUDGET / 1000)} kB`);
}
if (over) {
  console.error("A customer page loads more JavaScript than the budget allows.");
  process.exitCode = 1;
}
