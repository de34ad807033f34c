import { Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { useChangeTicket } from "./commands";

/** Somebody changed the same field first: shows what is there now, and asks which of the two is meant. */
export function OvertakenDialog({ change }: { readonly change: ReturnType<typeof useChangeTicket> }) {
  const { t } = useTranslation("tickets");
  const { overtaken } = change;
  if (overtaken === undefined) return null;
  return (
    <Modal
      opened
      onClose={change.decided}
      title={t("overtaken.title")}
      closeButtonProps={{ "aria-label": t("overtaken.keepTheirs") }}
    >
      <Stack>
        <Text size="sm">{t("overtaken.text")}</Text>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("overtaken.field")}</Table.Th>
              <Table.Th>{t("overtaken.before")}</Table.Th>
              <Table.Th>{t("overtaken.now")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {overtaken.error.theirs.map(({ field, before, now }) => (
              <Table.Tr key={field}>
                <Table.Td>{t(`field.${field}`)}</Table.Td>
                <Table.Td>{inWords(field, before, t)}</Table.Td>
                <Table.Td>{inWords(field, now, t)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Group justify="flex-end">
          <Button variant="default" onClick={change.decided}>
            {t("overtaken.keepTheirs")}
          </Button>
          <Button
            onClick={() => {
              change.decided();
              change.mutate(overtaken.change);
            }}
          >
            {t("overtaken.useMine")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Statuses and priorities are words of the API; everything else is as people typed it. */
export function inWords(field: string, value: string, t: ReturnType<typeof useTranslation<"tickets">>["t"]): string {
  if (value === "") return t("nothing");
  if (field !== "status" && field !== "priority") return value;
  return t(`${field}.${value}` as "status.new");
}
