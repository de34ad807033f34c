/** Runs before every test: empties the storage and enables React's `act` environment. */
import { beforeEach, vi } from "vitest";

vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);

beforeEach(() => {
  localStorage.clear();
});
