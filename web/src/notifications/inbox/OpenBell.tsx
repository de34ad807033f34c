import { Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { BellButton } from "./Bell";
import { Inbox } from "./Inbox";

/** The newest of what is new, below the bell. */
export function OpenBell({ count }: { readonly count: number }) {
  const { t } = useTranslation("notifications");
  const [opened, { toggle, close }] = useDisclosure(true);
  return (
    <Popover opened={opened} onChange={close} position="bottom-end" width={360} trapFocus withinPortal shadow="md">
      <Popover.Target>
        <BellButton count={count} onClick={toggle} />
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("title")}>
        <Inbox onGone={close} short />
      </Popover.Dropdown>
    </Popover>
  );
}
