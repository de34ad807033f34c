import { expect, it } from "vitest";
import { sendIdempotently } from "./idempotency";
import { NetworkError, ProblemError } from "./problem";

const problem = {
  type: "about:blank",
  title: "",
  status: 409,
  detail: "",
  code: "conflict",
  instance: "",
  request_id: "",
};

/** Returns the key that was sent. */
async function sentKey(body: string, respond: () => Promise<unknown> = () => Promise.resolve()): Promise<string> {
  let sent = "";
  await sendIdempotently("reply", body, (header) => {
    sent = header["idempotency-key"];
    return respond();
  }).catch(() => undefined);
  return sent;
}

it("the key is reused after a lost response", async () => {
  const first = await sentKey("Hello", () => Promise.reject(new NetworkError()));
  expect(await sentKey("Hello")).toBe(first);
});

it("the key is replaced after a response, be it a success or a problem", async () => {
  const succeeded = await sentKey("Hello");
  const refused = await sentKey("Hello", () => Promise.reject(new ProblemError(problem, undefined)));
  const again = await sentKey("Hello");
  expect(new Set([succeeded, refused, again]).size).toBe(3);
});

it("the key is replaced when another body is sent", async () => {
  const first = await sentKey("Hello", () => Promise.reject(new NetworkError()));
  expect(await sentKey("Hello, I forgot something")).not.toBe(first);
});
