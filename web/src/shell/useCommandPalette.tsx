import { useHotkeys } from "@mantine/hooks";
import { type ReactNode, Suspense, useState } from "react";
import { lazyComponent } from "@/ui/lazyComponent";

const CommandPalette = lazyComponent(() => import("./CommandPalette"), "CommandPalette");

interface CommandPaletteHandle {
  readonly palette: ReactNode;
  readonly open: () => void;
}

/** The command palette, loaded when it is first opened. */
export function useCommandPalette(): CommandPaletteHandle {
  const [opened, setOpened] = useState<boolean | null>(null);
  const open = () => setOpened(true);
  useHotkeys([["mod+K", open]], []);
  return {
    open,
    palette: opened !== null && (
      <Suspense>
        <CommandPalette opened={opened} onClose={() => setOpened(false)} />
      </Suspense>
    ),
  };
}
