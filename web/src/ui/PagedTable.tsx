import { Button, EmptyState, Stack, Table } from "@mantine/core";
import { IconListSearch } from "@tabler/icons-react";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { QueryResult } from "./QueryResult";

interface PageOf<T> {
  readonly items: T[];
  readonly next_cursor: string | null;
}

interface Props<T> {
  readonly query: UseInfiniteQueryResult<InfiniteData<PageOf<T>>>;
  /** Accessible name of the table. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly emptyMessage: string;
  readonly minWidth?: number;
  /** Renders one row. */
  readonly children: (item: T) => ReactNode;
}

/** A cursor-paged list as a table. */
export function PagedTable<T>({ query, label, columns, emptyMessage, minWidth = 640, children }: Props<T>) {
  const { t } = useTranslation("shell");
  return (
    <QueryResult query={query}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0)
          return <EmptyState py="xl" size="sm" icon={<IconListSearch aria-hidden />} title={emptyMessage} />;
        return (
          <Stack>
            <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
              <Table verticalSpacing="xs" aria-label={label}>
                <Table.Thead>
                  <Table.Tr>
                    {columns.map((column) => (
                      <Table.Th key={column}>{column}</Table.Th>
                    ))}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>{items.map(children)}</Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            {query.hasNextPage && (
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
                style={{ alignSelf: "center" }}
              >
                {t("more")}
              </Button>
            )}
          </Stack>
        );
      }}
    </QueryResult>
  );
}
