/** What a component sees that uses a hook, and how it goes away. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot } from "react-dom/client";

export function rendered<Seen>(useWhatIsTested: () => Seen, queryClient = new QueryClient()) {
  const root = createRoot(document.createElement("div"));
  let seen: Seen | undefined;
  function Component() {
    seen = useWhatIsTested();
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
    now: () => seen as Seen,
    leave: () => {
      act(() => {
        root.unmount();
      });
    },
  };
}
