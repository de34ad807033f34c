import { type InfiniteData, MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isTransient, LoggedOutError } from "./problem";

const MAX_RETRIES = 4;
const STALE_SECONDS = 10;

/** Creates the query cache. `onUnhandledError` receives errors that no component shows. */
export function createQueryClient(onUnhandledError: (error: unknown) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // A page with cached data does not show a failed refetch. While the server is unreachable, the banner says
        // so.
        if (query.state.data !== undefined && !isTransient(error) && !(error instanceof LoggedOutError))
          onUnhandledError(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.meta?.["errorHandled"] !== true && !(error instanceof LoggedOutError)) onUnhandledError(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: STALE_SECONDS * 1000,
        retry: (count, error) => isTransient(error) && count < MAX_RETRIES,
        retryDelay: (count) => Math.min(500 * 2 ** count, 8000),
      },
      mutations: { retry: false },
    },
  });
}

/** Options of an infinite query over `{items, next_cursor}` pages. */
export const CURSOR_PAGING = {
  initialPageParam: null as string | null,
  getNextPageParam: (last: { readonly next_cursor: string | null }) => last.next_cursor,
};

/** Replaces one item in a paged list. Returns the same object if no item matches, so that nothing re-renders. */
export function replaceItem<Item, Page extends { items: Item[] }>(
  list: InfiniteData<Page, string | null>,
  item: Item,
  matches: (old: Item) => boolean,
): InfiniteData<Page, string | null> {
  if (!list.pages.some(({ items }) => items.some(matches))) return list;
  const pages = list.pages.map((page) => ({ ...page, items: page.items.map((old) => (matches(old) ? item : old)) }));
  return { ...list, pages };
}

/** Meta of mutations whose component shows the error itself. */
export const ERROR_HANDLED = { errorHandled: true } as const;
