/** Renders an element into the document, with texts in English. */
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import i18next from "i18next";
import { act, type ReactElement, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { onTestFinished, vi } from "vitest";
import { startTranslations } from "@/i18n";

export async function render(element: ReactElement, queryClient = new QueryClient()) {
  if (!i18next.isInitialized) await startTranslations();
  const container = document.body.appendChild(document.createElement("div"));
  const root = createRoot(container);
  const unmount = () => {
    act(() => {
      root.unmount();
    });
    container.remove();
  };
  onTestFinished(unmount);
  const rerender = (changed: ReactElement) =>
    act(async () => {
      root.render(
        <QueryClientProvider client={queryClient}>
          <MantineProvider env="test">
            <Suspense>{changed}</Suspense>
          </MantineProvider>
        </QueryClientProvider>,
      );
      await Promise.resolve();
    });
  await rerender(element);
  return { container, rerender, unmount };
}

/** Waits outside of `act`, for what renders when something arrives. */
export async function eventually(expectation: () => void): Promise<void> {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", false);
  try {
    await vi.waitFor(expectation, { timeout: 10_000 });
  } finally {
    vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  }
}
