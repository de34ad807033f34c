import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** A field for a password; keyboards, too, can have it shown. */
export function Password(props: PasswordInputProps) {
  const { t } = useTranslation("account");
  return (
    <PasswordInput
      autoComplete="current-password"
      visibilityToggleButtonProps={{ "aria-label": t("showPassword"), "aria-hidden": false, tabIndex: 0 }}
      {...props}
    />
  );
}
