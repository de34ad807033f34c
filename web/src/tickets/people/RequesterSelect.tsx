import { Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { people } from "./queries";

export function RequesterSelect(props: SelectProps) {
  const { t } = useTranslation("tickets");
  const [typed, setTyped] = useState("");
  const [searchText] = useDebouncedValue(typed.trim(), 250);
  const query = useQuery(people(searchText, false));
  return (
    <Select
      label={t("new.requester")}
      description={t("new.requesterHint")}
      data={(query.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      searchable
      clearable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={t("new.noRequester")}
      {...props}
    />
  );
}
