import { useHotkeys } from "@mantine/hooks";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { patiently } from "../patiently";

const Palette = lazy(async () => ({ default: (await patiently(() => import("./Palette"))).Palette }));

interface UsedPalette {
  readonly palette: ReactNode;
  readonly open: () => void;
}

/** The command palette, fetched when it is first asked for. */
export function usePalette(): UsedPalette {
  const [opened, setOpened] = useState<boolean | null>(null);
  const open = () => {
    setOpened(true);
  };
  useHotkeys([["mod+K", open]], []);
  return {
    open,
    palette: opened !== null && (
      <Suspense>
        <Palette
          opened={opened}
          onClose={() => {
            setOpened(false);
          }}
        />
      </Suspense>
    ),
  };
}
