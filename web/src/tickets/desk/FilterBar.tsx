import { ActionIcon, Button, Group, Indicator, MultiSelect, Popover, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconKeyboard, IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { PRIORITIES } from "@/tickets/ticket/priorities";
import { STATUSES } from "@/tickets/ticket/statuses";
import { countFilters } from "./filters";
import { DEFAULT_SORT, type DeskSearch, SORTS } from "./search";

interface Props {
  readonly search: DeskSearch;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onShowShortcuts: () => void;
}

/** Search text and filters, kept in the address. */
export function FilterBar({ search, inputRef, onShowShortcuts }: Props) {
  const { t } = useTranslation(["desk", "tickets"]);
  const navigate = useNavigate();
  const set = (change: Partial<DeskSearch>) =>
    void navigate({ to: ".", search: { ...search, ...change }, replace: true });
  const lastQuery = useRef(search.q);
  const setQuery = useDebouncedCallback((typed: string) => {
    lastQuery.current = typed.trim() || undefined;
    set({ q: lastQuery.current });
  }, 250);

  // The address changed elsewhere. Text that is being typed must not be replaced by an older value.
  useEffect(() => {
    if (search.q === lastQuery.current || inputRef.current === null) return;
    lastQuery.current = search.q;
    inputRef.current.value = search.q ?? "";
  }, [search.q, inputRef]);

  const count = countFilters(search);

  return (
    <Group gap={6} p="xs" wrap="nowrap">
      <TextInput
        ref={inputRef}
        aria-label={t("search")}
        placeholder={t("search")}
        size="xs"
        flex={1}
        leftSection={<IconSearch size={14} aria-hidden />}
        defaultValue={search.q ?? ""}
        onChange={({ currentTarget: { value } }) => setQuery(value)}
      />
      <Popover position="bottom-end" width={260} trapFocus withinPortal>
        <Indicator label={count} size={16} disabled={count === 0}>
          <Popover.Target>
            <ActionIcon variant="default" size={30} aria-label={t("filters", { count })}>
              <IconAdjustmentsHorizontal size={16} aria-hidden />
            </ActionIcon>
          </Popover.Target>
        </Indicator>
        <Popover.Dropdown>
          <Stack gap="xs">
            <MultiSelect
              size="xs"
              label={t("tickets:status.label")}
              data={STATUSES.map((value) => ({ value, label: t(`tickets:status.${value}`) }))}
              value={search.status ?? []}
              comboboxProps={{ withinPortal: false }}
              clearable
              onChange={(status) => set({ status })}
            />
            <MultiSelect
              size="xs"
              label={t("tickets:priority.label")}
              data={PRIORITIES.map((value) => ({ value, label: t(`tickets:priority.${value}`) }))}
              value={search.priority ?? []}
              comboboxProps={{ withinPortal: false }}
              clearable
              onChange={(priority) => set({ priority })}
            />
            {(["category", "tag"] as const).map((name) => (
              <TextInput
                key={`${name} ${search[name] ?? ""}`}
                size="xs"
                label={t(`tickets:${name}`)}
                defaultValue={search[name] ?? ""}
                onBlur={({ currentTarget: { value } }) => {
                  if (value.trim() !== (search[name] ?? "")) set({ [name]: value.trim() || undefined });
                }}
                onKeyDown={({ key, currentTarget }) => {
                  if (key === "Enter") currentTarget.blur();
                }}
              />
            ))}
            <Select
              size="xs"
              label={t("sort.label")}
              data={SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))}
              value={search.sort ?? DEFAULT_SORT}
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
              onChange={(sort) => set({ sort: sort === DEFAULT_SORT ? undefined : (sort ?? undefined) })}
            />
            <Button
              size="xs"
              variant="default"
              onClick={() => void navigate({ to: ".", search: { queue: search.queue } })}
            >
              {t("clear")}
            </Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={t("shortcuts.title")}
        onClick={onShowShortcuts}
        visibleFrom="md"
      >
        <IconKeyboard size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
