import { type InfiniteData, MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isPassing, LoggedOut } from "./problem";

const MOST_TRIES = 4;
const FRESH_SECONDS = 10;

/** The cache of everything read. `tell` is given what went wrong where no page shows it itself. */
export function createQueryClient(tell: (error: unknown) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // A page that shows old data does not show the error of refreshing it; while away, the banner says so already.
        if (query.state.data !== undefined && !isPassing(error) && !(error instanceof LoggedOut)) tell(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.meta?.["shown"] !== true && !(error instanceof LoggedOut)) tell(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_SECONDS * 1000,
        retry: (count, error) => isPassing(error) && count < MOST_TRIES,
        retryDelay: (count) => Math.min(500 * 2 ** count, 8000),
      },
      mutations: { retry: false },
    },
  });
}

/** For lists that are read page by page. */
export const PAGED = {
  initialPageParam: null as string | null,
  getNextPageParam: (last: { readonly next_cursor: string | null }) => last.next_cursor,
};

/** A list with one of its items as it is now; the very same list where it holds none that this `replaces`. */
export function withItem<Item, Page extends { items: Item[] }>(
  list: InfiniteData<Page, string | null>,
  item: Item,
  replaces: (old: Item) => boolean,
): InfiniteData<Page, string | null> {
  if (!list.pages.some(({ items }) => items.some(replaces))) return list;
  const pages = list.pages.map((page) => ({ ...page, items: page.items.map((old) => (replaces(old) ? item : old)) }));
  return { ...list, pages };
}

/** For mutations whose error the form itself shows. */
export const SHOWN = { shown: true } as const;
