import { act } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { endSession } from "@/auth/session/session";
import { rendered } from "@/shell/rendered.test-support";
import * as commands from "./commands";
import { judged, LARGEST, MOST_FILES, useUploads } from "./uploads";

vi.mock("@/auth/session/useUser", () => ({ useUser: () => ({ id: "robin" }) }));

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

/** A form in which somebody writes a message, and how they leave it. */
function shown(ticketId: string, visibility: string) {
  const form = rendered(() => useUploads(ticketId, visibility));
  return {
    uploads: form.now,
    names: () => form.now().all.map(({ file }) => file.name),
    leave: form.leave,
  };
}

describe("files beside a message that is not sent yet", () => {
  const there = (id: string) => ({ id }) as commands.Attachment;

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("arrive while their writer looks at another ticket, and are there when they come back", async () => {
    let arrive: (attachment: commands.Attachment) => void = () => undefined;
    const arrived = new Promise<commands.Attachment>((resolve) => {
      arrive = resolve;
    });
    vi.spyOn(commands, "addAttachment").mockReturnValue(arrived);
    const before = shown("t1", "public");
    act(() => {
      before.uploads().add([new File(["x"], "lamp.png")]);
    });
    before.leave();
    const elsewhere = shown("t2", "public");
    expect(elsewhere.names()).toEqual([]);
    elsewhere.leave();
    arrive(there("a1"));
    await arrived;

    const after = shown("t1", "public");
    expect(after.names()).toEqual(["lamp.png"]);
    expect(after.uploads().ids).toEqual(["a1"]);
    expect(shown("t1", "internal").names(), "a note has files of its own").toEqual([]);
  });

  it("are gone once they were sent, also when the form that sent them is", async () => {
    vi.spyOn(commands, "addAttachment").mockResolvedValueOnce(there("b1")).mockResolvedValueOnce(there("b2"));
    const before = shown("t3", "public");
    await act(async () => {
      before.uploads().add([new File(["x"], "one.png"), new File(["x"], "two.png")]);
      await Promise.resolve();
    });
    const { sent } = before.uploads();
    before.leave();
    sent(["b1"]);

    expect(shown("t3", "public").names()).toEqual(["two.png"]);
  });

  it("end with the session of their writer", () => {
    const add = vi.spyOn(commands, "addAttachment").mockReturnValue(new Promise(() => undefined));
    const before = shown("t4", "public");
    act(() => {
      before.uploads().add([new File(["x"], "lamp.png")]);
    });
    act(endSession);
    expect(add.mock.calls[0]?.[4].aborted).toBe(true);
    expect(before.names()).toEqual([]);
  });
});
