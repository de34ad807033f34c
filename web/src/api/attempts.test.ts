import { expect, it } from "vitest";
import { attempt } from "./attempts";
import { Refused, Unreachable } from "./problem";

const problem = {
  type: "about:blank",
  title: "",
  status: 409,
  detail: "",
  code: "conflict",
  instance: "",
  request_id: "",
};

/** The key under which it was sent; the server answers so. */
async function keyOf(body: string, answered: () => Promise<unknown> = () => Promise.resolve()): Promise<string> {
  let sent = "";
  await attempt("reply", body, (header) => {
    sent = header["idempotency-key"];
    return answered();
  }).catch(() => undefined);
  return sent;
}

it("is the same attempt again after no answer", async () => {
  const lost = await keyOf("Hello", () => Promise.reject(new Unreachable()));
  expect(await keyOf("Hello")).toBe(lost);
});

it("is another attempt after an answer, be it yes or no", async () => {
  const taken = await keyOf("Hello");
  const refused = await keyOf("Hello", () => Promise.reject(new Refused(problem, undefined)));
  const again = await keyOf("Hello");
  expect(new Set([taken, refused, again]).size).toBe(3);
});

it("is another attempt when something else is sent", async () => {
  const lost = await keyOf("Hello", () => Promise.reject(new Unreachable()));
  expect(await keyOf("Hello, I forgot something")).not.toBe(lost);
});
