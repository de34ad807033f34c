import { useCallback, useEffect, useRef } from "react";

/** For responses that arrive late. A component that is not `enabled` counts as unmounted. */
export function useIsMounted(enabled = true): () => boolean {
  const mounted = useRef(false);
  useEffect(() => {
    mounted.current = enabled;
    return () => {
      mounted.current = false;
    };
  }, [enabled]);
  return useCallback(() => mounted.current, []);
}
