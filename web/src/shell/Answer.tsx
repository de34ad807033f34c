import { Center, Loader } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "./Trouble";

interface Props<T> {
  readonly of: Pick<UseQueryResult<T>, "data" | "error" | "refetch" | "isFetching">;
  /** Shown while there is nothing yet; by default a quiet spinner. */
  readonly waiting?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** What was asked for, or why it is not there (yet). Old data stays while new data is away. */
export function Answer<T>({ of, waiting, children }: Props<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error && !of.isFetching) {
    return (
      <Trouble
        error={of.error}
        onRetry={() => {
          void of.refetch();
        }}
      />
    );
  }
  return <>{waiting ?? <Waiting />}</>;
}

export function Waiting() {
  const { t } = useTranslation("shell");
  return (
    <Center p="xl" role="status" aria-label={t("loading")}>
      <Loader size="sm" type="dots" />
    </Center>
  );
}
