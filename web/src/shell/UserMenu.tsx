import { Avatar, type ElementProps, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "@/auth/session/session";
import { lazyComponent } from "@/ui/lazyComponent";

const UserMenuDropdown = lazyComponent(() => import("./UserMenuDropdown"), "UserMenuDropdown");

/** The dropdown is loaded on the first click. */
export function UserMenu({ user }: { readonly user: User }) {
  const [opened, setOpened] = useState(false);
  const button = <UserButton user={user} aria-haspopup="menu" onClick={() => setOpened(true)} />;
  return opened ? (
    <Suspense fallback={button}>
      <UserMenuDropdown user={user} />
    </Suspense>
  ) : (
    button
  );
}

export function UserButton({
  user,
  ...button
}: { readonly user: User } & ElementProps<"button"> & { ref?: React.Ref<HTMLButtonElement> }) {
  const { t } = useTranslation("shell");
  return (
    <UnstyledButton {...button}>
      <Avatar name={user.name} color="initials" radius="xl" size={32} aria-hidden />
      <VisuallyHidden>{t("user.menu", { name: user.name })}</VisuallyHidden>
    </UnstyledButton>
  );
}
