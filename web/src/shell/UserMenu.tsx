import { Avatar, type ElementProps, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "@/auth/session/session";
import { patiently } from "./patiently";

const OpenUserMenu = lazy(async () => ({ default: (await patiently(() => import("./OpenUserMenu"))).OpenUserMenu }));

/** Who I am; what it opens is fetched when it is first wanted. */
export function UserMenu({ user }: { readonly user: User }) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <UserButton
      user={user}
      aria-haspopup="menu"
      onClick={() => {
        setWanted(true);
      }}
    />
  );
  return wanted ? (
    <Suspense fallback={button}>
      <OpenUserMenu user={user} />
    </Suspense>
  ) : (
    button
  );
}

/** What is always to be seen of it. */
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
