/** What every test begins with: an empty storage, and a React that expects what it does to be inside `act`. */
import { beforeEach, vi } from "vitest";

vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);

beforeEach(() => {
  localStorage.clear();
});
