import { Center, Loader } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ErrorAlert } from "./ErrorAlert";

interface Props<T> {
  readonly query: Pick<UseQueryResult<T>, "data" | "error" | "refetch" | "isFetching">;
  /** Shown while loading; by default a spinner. */
  readonly fallback?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** Renders the data of a query, a spinner while loading or the error. Cached data stays visible during a refetch. */
export function QueryResult<T>({ query, fallback, children }: Props<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error && !query.isFetching) {
    return <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />;
  }
  return <>{fallback ?? <LoadingIndicator />}</>;
}

export function LoadingIndicator() {
  const { t } = useTranslation("shell");
  return (
    <Center p="xl" role="status" aria-label={t("loading")}>
      <Loader size="sm" type="dots" />
    </Center>
  );
}
