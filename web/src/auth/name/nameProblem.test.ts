import { expect, it } from "vitest";
import { nameProblem } from "./nameProblem";

it.each([
  ["Ada Admin", null],
  ["می\u200cخواهم", null],
  ["👩\u200d🚒".repeat(33), null],
  ["", "name"],
  [" \u200b\u3164", "name"],
  ["Visit http://evil.example", "nameWithLink"],
  ["ＷＷＷ.evil.example", "nameWithLink"],
  ["Я".repeat(101), "nameTooLong"],
])("says what is wrong with the name %j", (name, problem) => {
  expect(nameProblem(name)).toBe(problem);
});
