import { Button, EmptyState, Stack, Table } from "@mantine/core";
import { IconListSearch } from "@tabler/icons-react";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Answer } from "./Answer";

interface PageOf<T> {
  readonly items: T[];
  readonly next_cursor: string | null;
}

interface Props<T> {
  readonly of: UseInfiniteQueryResult<InfiniteData<PageOf<T>>>;
  /** What the table is of, for those who cannot see it. */
  readonly label: string;
  readonly head: readonly string[];
  readonly empty: string;
  readonly minWidth?: number;
  /** One row. */
  readonly children: (item: T) => ReactNode;
}

/** A list of the API as a table, page after page. */
export function Listing<T>({ of, label, head, empty, minWidth = 640, children }: Props<T>) {
  const { t } = useTranslation("shell");
  return (
    <Answer of={of}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0)
          return <EmptyState py="xl" size="sm" icon={<IconListSearch aria-hidden />} title={empty} />;
        return (
          <Stack>
            <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
              <Table verticalSpacing="xs" aria-label={label}>
                <Table.Thead>
                  <Table.Tr>
                    {head.map((each) => (
                      <Table.Th key={each}>{each}</Table.Th>
                    ))}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>{items.map(children)}</Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            {of.hasNextPage && (
              <Button
                variant="default"
                loading={of.isFetchingNextPage}
                onClick={() => void of.fetchNextPage()}
                style={{ alignSelf: "center" }}
              >
                {t("more")}
              </Button>
            )}
          </Stack>
        );
      }}
    </Answer>
  );
}
