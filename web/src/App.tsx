import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import i18next from "i18next";
import { lazy, Suspense, useEffect, useRef } from "react";
import { createQueryClient } from "./api/queries";
import { currentSession, onSessionChange, useSession } from "./auth/session/session";
import { routeTree } from "./routes";
import { useAfterwards } from "./shell/afterwards";
import { CannotStart } from "./shell/CannotStart";
import { patiently } from "./shell/patiently";
import { Waiting } from "./shell/Answer";
import { toastTrouble } from "./shell/toast";
import { cssVariables, theme } from "./theme/theme";

const SessionExpired = lazy(async () => ({
  default: (await patiently(() => import("./auth/session/SessionExpired"))).SessionExpired,
}));
const Toasts = lazy(async () => ({ default: (await patiently(() => import("./shell/Toasts"))).Toasts }));

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
setNonce(nonce); // of react-remove-scroll, inside Mantine's modals

const queryClient = createQueryClient((error) => {
  toastTrouble(error, i18next.getFixedT(null, "shell"));
});

const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultPendingComponent: Waiting,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** The composition root: which cache, which router, which theme. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <Inside />
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Inside() {
  const session = useSession();
  const after = useAfterwards();
  useFollowedSession();
  if (session.state === "unreachable" || session.state === "starting") return <CannotStart />;
  return (
    <>
      <RouterProvider router={router} />
      <Suspense>
        {after && <Toasts />}
        {session.state === "expired" && <SessionExpired user={session.user} />}
      </Suspense>
    </>
  );
}

/** Whoever leaves takes what they read along; guards of routes are asked again. */
function useFollowedSession(): void {
  const seen = useRef(currentSession());
  useEffect(
    () =>
      onSessionChange(() => {
        const [before, now] = [seen.current, currentSession()];
        seen.current = now;
        if (now.state === "anonymous") queryClient.clear();
        if (before.state !== now.state && now.state !== "expired" && before.state !== "expired")
          void router.invalidate();
        if (before.state === "expired" && now.state === "anonymous") void router.invalidate();
      }),
    [],
  );
}
