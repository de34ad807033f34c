import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import i18next from "i18next";
import { Suspense, useEffect, useRef } from "react";
import { createQueryClient } from "@/api/queryClient";
import { useReauthenticationRequired } from "@/auth/reauthentication/reauthentication";
import { getSession, onSessionChange, useSession } from "@/auth/session/session";
import { useAfterIdle } from "@/browser/whenIdle";
import { ServerUnreachablePage } from "@/shell/ServerUnreachablePage";
import { cssVariables, theme } from "@/theme/theme";
import { lazyComponent } from "@/ui/lazyComponent";
import { LoadingIndicator } from "@/ui/QueryResult";
import { toastError } from "@/ui/toast";
import { routeTree } from "./routes";

const SessionExpiredDialog = lazyComponent(() => import("@/auth/session/SessionExpiredDialog"), "SessionExpiredDialog");
const ReauthenticationDialog = lazyComponent(
  () => import("@/auth/reauthentication/ReauthenticationDialog"),
  "ReauthenticationDialog",
);
const Toasts = lazyComponent(() => import("@/shell/Toasts"), "Toasts");

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
setNonce(nonce); // for react-remove-scroll inside Mantine's modals

const queryClient = createQueryClient((error) => {
  toastError(error, i18next.getFixedT(null, "shell"));
});

const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultPendingComponent: LoadingIndicator,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** The composition root: query cache, router and theme. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <AppContent />
      </QueryClientProvider>
    </MantineProvider>
  );
}

function AppContent() {
  const session = useSession();
  const idle = useAfterIdle();
  const confirming = useReauthenticationRequired();
  useSessionEffects();
  if (session.state === "unreachable" || session.state === "starting") return <ServerUnreachablePage />;
  return (
    <>
      <RouterProvider router={router} />
      <Suspense>
        {idle && <Toasts />}
        {session.state === "active" && confirming && <ReauthenticationDialog />}
        {session.state === "expired" && <SessionExpiredDialog user={session.user} />}
      </Suspense>
    </>
  );
}

/** Clears the cache after a logout and runs the route guards again after a change of the login state. */
function useSessionEffects(): void {
  const last = useRef(getSession());
  useEffect(
    () =>
      onSessionChange(() => {
        const [previous, current] = [last.current, getSession()];
        last.current = current;
        if (current.state === "anonymous") queryClient.clear();
        if (previous.state !== current.state && current.state !== "expired" && previous.state !== "expired")
          void router.invalidate();
        if (previous.state === "expired" && current.state === "anonymous") void router.invalidate();
      }),
    [],
  );
}
