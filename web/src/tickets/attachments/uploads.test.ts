import { describe, expect, it } from "vitest";
import { judged, LARGEST, MOST_FILES } from "./uploads";

describe("a file that somebody picked", () => {
  const file = (size: number) => Object.defineProperty(new File([], "lamp.png"), "size", { value: size });

  it("is taken up to the largest size", () => {
    expect(judged(file(LARGEST), 0).fault).toBeUndefined();
    expect(judged(file(LARGEST + 1), 0).fault).toBe("too-large");
  });

  it("is taken up to the tenth", () => {
    expect(judged(file(1), MOST_FILES - 1).fault).toBeUndefined();
    expect(judged(file(1), MOST_FILES).fault).toBe("too-many");
  });
});
