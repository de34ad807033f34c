import { act } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { endSession } from "@/auth/session/session";
import { renderHook } from "@/testing/renderHook";
import * as commands from "./commands";
import { MAX_FILE_BYTES, MAX_FILES, useUploads, validateFile } from "./uploads";

vi.mock("@/auth/session/useCurrentUser", () => ({ useCurrentUser: () => ({ id: "robin" }) }));

describe("a selected file", () => {
  const file = (size: number) => Object.defineProperty(new File([], "lamp.png"), "size", { value: size });

  it("is accepted up to the size limit", () => {
    expect(validateFile(file(MAX_FILE_BYTES), 0).failure).toBeUndefined();
    expect(validateFile(file(MAX_FILE_BYTES + 1), 0).failure).toBe("too-large");
  });

  it("is accepted up to the tenth", () => {
    expect(validateFile(file(1), MAX_FILES - 1).failure).toBeUndefined();
    expect(validateFile(file(1), MAX_FILES).failure).toBe("too-many");
  });
});

/** A message form and a way to unmount it. */
function renderUploads(ticketId: string, visibility: string) {
  const form = renderHook(() => useUploads(ticketId, visibility));
  return {
    uploads: form.current,
    names: () => form.current().all.map(({ file }) => file.name),
    unmount: form.unmount,
  };
}

describe("uploads of an unsent message", () => {
  const attachment = (id: string) => ({ id }) as commands.Attachment;

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("continue while the user views another ticket and are there on return", async () => {
    let arrive: (attachment: commands.Attachment) => void = () => undefined;
    const arrived = new Promise<commands.Attachment>((resolve) => {
      arrive = resolve;
    });
    vi.spyOn(commands, "addAttachment").mockReturnValue(arrived);
    const before = renderUploads("t1", "public");
    act(() => {
      before.uploads().add([new File(["x"], "lamp.png")]);
    });
    before.unmount();
    const elsewhere = renderUploads("t2", "public");
    expect(elsewhere.names()).toEqual([]);
    elsewhere.unmount();
    arrive(attachment("a1"));
    await arrived;

    const after = renderUploads("t1", "public");
    expect(after.names()).toEqual(["lamp.png"]);
    expect(after.uploads().ids).toEqual(["a1"]);
    expect(renderUploads("t1", "internal").names(), "a note has its own files").toEqual([]);
  });

  it("are removed once sent, even if the form was unmounted", async () => {
    vi.spyOn(commands, "addAttachment").mockResolvedValueOnce(attachment("b1")).mockResolvedValueOnce(attachment("b2"));
    const before = renderUploads("t3", "public");
    await act(async () => {
      before.uploads().add([new File(["x"], "one.png"), new File(["x"], "two.png")]);
      await Promise.resolve();
    });
    const { removeSent } = before.uploads();
    before.unmount();
    removeSent(["b1"]);

    expect(renderUploads("t3", "public").names()).toEqual(["two.png"]);
  });

  it("are aborted when the session ends", () => {
    const add = vi.spyOn(commands, "addAttachment").mockReturnValue(new Promise(() => undefined));
    const before = renderUploads("t4", "public");
    act(() => {
      before.uploads().add([new File(["x"], "lamp.png")]);
    });
    act(endSession);
    expect(add.mock.calls[0]?.[4].aborted).toBe(true);
    expect(before.names()).toEqual([]);
  });
});
