import { Combobox, Group, Text, type TextareaProps, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { cloneElement, type KeyboardEvent, type ReactElement, type SyntheticEvent, useId, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { people, type PersonName } from "@/tickets/people/queries";
import { insertMention, mentionQuery, useWrittenDraft } from "./mentionDraft";

const MAX_SHOWN = 8;
const DEBOUNCE = 150;

export interface MentionSuggestionsProps {
  readonly draft: string;
  readonly onChange: (draft: string) => void;
  /** A text area for the draft, in which mentions are shown as names. */
  readonly children: ReactElement<TextareaProps>;
}

/** Suggests agents and admins while an @ and letters are typed in the text area. The focus stays there. */
export function MentionSuggestions({ draft, onChange, children }: MentionSuggestionsProps) {
  const { t } = useTranslation("tickets");
  const listId = useId();
  const [written, write] = useWrittenDraft(draft, onChange);
  const [input, setInput] = useState<HTMLTextAreaElement | null>(null);
  const [caret, setCaret] = useState(-1);
  const [dismissed, setDismissed] = useState(-1);
  const [active, setActive] = useState(0);
  const query = caret < 0 ? undefined : mentionQuery(written.text, caret);
  if (query === undefined && dismissed !== -1) setDismissed(-1);
  const [searched] = useDebouncedValue(query?.text ?? "", DEBOUNCE);
  const { data } = useQuery({ ...people(searched, true), enabled: query !== undefined });
  const shown = query === undefined ? [] : (data?.items ?? []).filter(matches(query.text)).slice(0, MAX_SHOWN);
  const opened = shown.length > 0 && query?.start !== dismissed;
  const combobox = useCombobox({ opened });
  const activeIndex = Math.min(active, shown.length - 1);
  const optionId = (index: number) => `${listId}-${String(index)}`;

  function follow({ currentTarget }: SyntheticEvent<HTMLTextAreaElement>) {
    const { selectionStart, selectionEnd } = currentTarget;
    setInput(currentTarget);
    setCaret(selectionStart === selectionEnd ? selectionStart : -1);
    setActive(0);
  }

  function pick(person: PersonName | undefined) {
    if (query === undefined || person === undefined) return;
    const { caret: after, ...changed } = insertMention(written, query, { name: person.name, userId: person.id });
    flushSync(() => write(changed));
    setCaret(-1);
    input?.setSelectionRange(after, after);
  }

  function handleKey(event: KeyboardEvent<HTMLTextAreaElement>) {
    const act = opened && !event.nativeEvent.isComposing ? keys[event.key] : undefined;
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
      children.props.onKeyDown?.(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  const keys: Partial<Record<string, () => void>> = {
    ArrowDown: () => setActive((activeIndex + 1) % shown.length),
    ArrowUp: () => setActive((activeIndex + shown.length - 1) % shown.length),
    Enter: () => pick(shown[activeIndex]),
    Tab: () => pick(shown[activeIndex]),
    Escape: () => setDismissed(query?.start ?? -1),
  };

  return (
    <Combobox
      store={combobox}
      position="top-start"
      withinPortal={false}
      width={320}
      onOptionSubmit={(id) => pick(shown.find((each) => each.id === id))}
    >
      <Combobox.DropdownTarget>
        {cloneElement(children, {
          "aria-autocomplete": "list",
          "aria-haspopup": "listbox",
          "aria-controls": opened ? listId : undefined,
          "aria-activedescendant": opened ? optionId(activeIndex) : undefined,
          value: written.text,
          onChange: ({ currentTarget: { value } }) => write({ ...written, text: value }),
          onSelect: follow,
          onBlur: () => setCaret(-1),
          onKeyDown: handleKey,
        })}
      </Combobox.DropdownTarget>
      <Combobox.Dropdown>
        <Combobox.Options id={listId} aria-label={t("composer.mention")}>
          {shown.map(({ id, name, email }, index) => (
            <Combobox.Option
              key={id}
              id={optionId(index)}
              value={id}
              selected={index === activeIndex}
              aria-selected={index === activeIndex}
            >
              <Group gap="xs" wrap="nowrap" justify="space-between">
                <Text size="sm" truncate dir="auto">
                  {name}
                </Text>
                <Text size="xs" truncate>
                  {email}
                </Text>
              </Group>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

/** Answers of an earlier query are still shown while the next one is on its way. */
function matches(text: string): (person: PersonName) => boolean {
  const wanted = text.toLocaleLowerCase();
  return ({ name, email }) =>
    ` ${name}`.toLocaleLowerCase().includes(` ${wanted}`) || (email ?? "").toLocaleLowerCase().startsWith(wanted);
}
