import { expect, it } from "vitest";
import tickets from "@/i18n/locales/en/tickets.json";

/** The generated JSON Schemas of the events that tickets publishes. Each event about a ticket is audited. */
const SCHEMAS = import.meta.glob<{ readonly properties: object }>(
  "../../../../libs/common/src/common/events/schemas/tickets.*.json",
  { eager: true, import: "default" },
);

it("each audited action of a ticket has a text, and each text is of one", () => {
  const audited = Object.entries(SCHEMAS)
    .filter(([, { properties }]) => "ticket" in properties)
    .map(([file]) => /tickets\.(.+)\.v\d+\.json$/.exec(file)?.[1]);

  expect(Object.keys(tickets.action).sort()).toEqual([...new Set(audited)].sort());
});
