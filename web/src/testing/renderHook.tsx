/** Renders a hook in a component. `current()` returns its latest value. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot } from "react-dom/client";

export function renderHook<Value>(useHook: () => Value, queryClient = new QueryClient()) {
  const root = createRoot(document.createElement("div"));
  let value: Value | undefined;
  function Component() {
    value = useHook();
    return null;
  }
  act(() => {
    root.render(
      <QueryClientProvider client={queryClient}>
        <Component />
      </QueryClientProvider>,
    );
  });
  return {
    current: () => value as Value,
    unmount: () => {
      act(() => {
        root.unmount();
      });
    },
  };
}
