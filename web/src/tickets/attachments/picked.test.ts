import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import * as commands from "./commands";
import { sendPicked } from "./picked";
import { judged } from "./uploads";

const named = (names: string) => `Files: ${names}`;

describe("files picked for a ticket that is not there yet", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("are named by the message as far as they got there", async () => {
    vi.spyOn(commands, "addAttachment").mockImplementation((_ticket, { name }) =>
      name === "lost.png" ? Promise.reject(new Error()) : Promise.resolve({ id: `id of ${name}`, name } as never),
    );
    const post = vi.spyOn(api, "POST").mockResolvedValue({ data: {}, response: new Response() });
    const change = vi.fn();
    const lost = judged(new File(["x"], "lost.png"), 0);
    const lamp = judged(new File(["x"], "lamp.png"), 1);

    expect(await sendPicked([lost, lamp], "t1", named, change)).toBe(false);

    expect(post.mock.calls[0]?.[1]).toMatchObject({
      body: { body: "Files: lamp.png", attachment_ids: ["id of lamp.png"] },
    });
    expect(change).toHaveBeenCalledWith(lost.key, { fault: "failed" });
  });
});
