import { Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { Inbox } from "@/notifications/inbox/Inbox";
import { BellButton } from "./Bell";

export function BellPopover({ count }: { readonly count: number }) {
  const { t } = useTranslation("notifications");
  const [opened, { toggle, close }] = useDisclosure(true);
  return (
    <Popover opened={opened} onChange={close} position="bottom-end" width={360} trapFocus withinPortal shadow="md">
      <Popover.Target>
        <BellButton count={count} onClick={toggle} />
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("title")}>
        <Inbox onNavigate={close} compact />
      </Popover.Dropdown>
    </Popover>
  );
}
