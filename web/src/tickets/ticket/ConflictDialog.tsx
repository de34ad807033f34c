import { Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { useChangeTicket } from "./commands";
import { formatFieldValue } from "./fields";

/** Shows the concurrent change of the same field and asks which value to keep. */
export function ConflictDialog({ change }: { readonly change: ReturnType<typeof useChangeTicket> }) {
  const { t } = useTranslation("tickets");
  const { conflict } = change;
  if (conflict === undefined) return null;
  return (
    <Modal
      opened
      onClose={change.dismissConflict}
      title={t("conflict.title")}
      closeButtonProps={{ "aria-label": t("conflict.keepTheirs") }}
    >
      <Stack>
        <Text size="sm">{t("conflict.text")}</Text>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("conflict.field")}</Table.Th>
              <Table.Th>{t("conflict.before")}</Table.Th>
              <Table.Th>{t("conflict.current")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {conflict.error.remoteChanges.map(({ field, before, after }) => (
              <Table.Tr key={field}>
                <Table.Td>{t(`field.${field}`)}</Table.Td>
                <Table.Td>{formatFieldValue(field, before, t)}</Table.Td>
                <Table.Td>{formatFieldValue(field, after, t)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Group justify="flex-end">
          <Button variant="default" onClick={change.dismissConflict}>
            {t("conflict.keepTheirs")}
          </Button>
          <Button
            onClick={() => {
              change.dismissConflict();
              change.mutate(conflict.change);
            }}
          >
            {t("conflict.useMine")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
