import { expect, it } from "vitest";
import { setAccessToken } from "@/api/accessToken";
import { authenticatedFetch } from "@/api/transport";
import { endSession } from "@/auth/session/session";
import "./reauthentication";

it("a request that waits for the password ends with the session", async () => {
  setAccessToken("robin", 600);
  const refusal = Response.json({ code: "reauthentication_required" }, { status: 403 });
  const waiting = authenticatedFetch(() => Promise.resolve(refusal))(new Request("http://localhost/api/v1/auth/me"));
  const settled = waiting.then(
    () => "answered",
    () => "refused",
  );
  await new Promise((resolve) => setTimeout(resolve));

  endSession();

  expect(await settled).toBe("answered");
});
