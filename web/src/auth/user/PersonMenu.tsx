import { ActionIcon, Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { toastSuccess } from "@/ui/toast";
import { useChangePerson, useResetMfa, useUnlock } from "./commands";
import type { Person } from "./queries";

/** Further actions. Deactivating asks for confirmation. */
export function PersonMenu({ person }: { readonly person: Person }) {
  const { t } = useTranslation(["admin", "shell"]);
  const change = useChangePerson(person);
  const resetMfa = useResetMfa(person);
  const unlock = useUnlock(person);
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("people.menu", { name: person.name })}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {person.active ? (
            <Menu.Item onClick={open}>{t("people.deactivate")}</Menu.Item>
          ) : (
            <Menu.Item onClick={() => change.mutate({ active: true })}>{t("people.reactivate")}</Menu.Item>
          )}
          {person.active && (
            <Menu.Item
              onClick={() =>
                unlock.mutate(undefined, {
                  onSuccess: () => toastSuccess(t("people.unlocked", { name: person.name })),
                })
              }
            >
              {t("people.unlock")}
            </Menu.Item>
          )}
          {person.mfa_enabled && <Menu.Item onClick={() => resetMfa.mutate()}>{t("people.resetMfa")}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={opened}
        onClose={close}
        title={t("people.deactivate")}
        closeButtonProps={{ "aria-label": t("shell:close") }}
      >
        <Stack>
          <Text size="sm">{t("people.deactivateText", { name: person.name })}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("shell:cancel")}
            </Button>
            <Button
              color="red"
              loading={change.isPending}
              onClick={() => change.mutate({ active: false }, { onSettled: close })}
            >
              {t("people.deactivate")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
