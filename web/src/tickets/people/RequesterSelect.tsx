import { Button, Group, Modal, Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toastSuccess, toastWarning } from "@/ui/toast";
import { useSuppressionReason } from "@/ui/useSuppressionReason";
import type { Contact } from "./commands";
import { ContactForm } from "./ContactForm";
import { people } from "./queries";

interface Props extends Omit<SelectProps, "value" | "onChange"> {
  readonly value?: string | null;
  readonly onChange?: (id: string | null) => void;
}

/** Selects the person for whom a ticket is created. Somebody who is not listed can be added by email address. */
export function RequesterSelect({ value = null, onChange, ...props }: Props) {
  const { t } = useTranslation(["tickets", "shell"]);
  const suppressionReason = useSuppressionReason();
  const [typed, setTyped] = useState("");
  const [searchText] = useDebouncedValue(typed.trim(), 250);
  const [lastTyped, setLastTyped] = useState(""); // the select empties the search text when it loses the focus
  const [added, setAdded] = useState<Contact | null>(null);
  const [opened, { open, close }] = useDisclosure(false);
  const query = useQuery(people(searchText, false));
  const listed = query.data?.items ?? [];
  const options = added === null || listed.some(({ id }) => id === added.id) ? listed : [added, ...listed];

  function select(contact: Contact): void {
    setAdded(contact);
    onChange?.(contact.id);
    if (!contact.is_contact) toastSuccess(t("contact.exists", { name: contact.name, email: contact.email }));
    if (contact.email_suppression !== null) {
      const reason = suppressionReason(contact.email_suppression);
      toastWarning(t("contact.notDelivered", { email: contact.email, reason }));
    }
    close();
  }

  return (
    <>
      <Select
        label={t("new.requester")}
        description={added?.id === value ? t("contact.added", { email: added.email }) : t("new.requesterHint")}
        data={options.map(({ id, name }) => ({ value: id, label: name }))}
        value={value}
        onChange={(id) => {
          setLastTyped("");
          onChange?.(id);
        }}
        searchable
        clearable
        searchValue={typed}
        onSearchChange={(text) => {
          setTyped(text);
          if (text.trim() !== "") setLastTyped(text.trim());
        }}
        nothingFoundMessage={t("new.noRequester")}
        inputContainer={(input) => (
          <Group gap="xs" align="flex-end">
            <div style={{ flex: "1 1 14rem" }}>{input}</div>
            <Button variant="default" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
              {t("contact.title")}
            </Button>
          </Group>
        )}
        {...props}
      />
      <Modal
        opened={opened}
        onClose={close}
        title={t("contact.title")}
        closeButtonProps={{ "aria-label": t("shell:close") }}
      >
        <ContactForm typed={value === null ? lastTyped : ""} onAdded={select} />
      </Modal>
    </>
  );
}
