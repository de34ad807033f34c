import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import * as commands from "./commands";
import { attachFiles } from "./selectedFiles";
import { validateFile } from "./uploads";

describe("files for a ticket that does not exist yet", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("are sent without words if they were uploaded", async () => {
    vi.spyOn(commands, "addAttachment").mockImplementation((_ticket, { name }) =>
      name === "lost.png" ? Promise.reject(new Error()) : Promise.resolve({ id: `id of ${name}`, name } as never),
    );
    const post = vi.spyOn(api, "POST").mockResolvedValue({ data: {}, response: new Response() });
    const onChange = vi.fn();
    const lost = validateFile(new File(["x"], "lost.png"), 0);
    const lamp = validateFile(new File(["x"], "lamp.png"), 1);

    expect(await attachFiles([lost, lamp], "t1", onChange)).toBe(false);

    expect(post.mock.calls[0]?.[1]).toMatchObject({
      body: { body: "", attachment_ids: ["id of lamp.png"] },
    });
    expect(onChange).toHaveBeenCalledWith(lost.key, { failure: "failed" });
  });
});
