import { Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { people } from "./queries";

/** For whom a ticket is opened. */
export function RequesterSelect(props: SelectProps) {
  const { t } = useTranslation("tickets");
  const [typed, setTyped] = useState("");
  const [sought] = useDebouncedValue(typed.trim(), 250);
  const found = useQuery(people(sought, false));
  return (
    <Select
      label={t("new.requester")}
      description={t("new.requesterHint")}
      data={(found.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      searchable
      clearable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={t("new.noRequester")}
      {...props}
    />
  );
}
