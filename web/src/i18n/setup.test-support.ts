/** What tests run with: no network, and texts as files. */
import { beforeEach } from "vitest";

beforeEach(() => {
  localStorage.clear();
});
