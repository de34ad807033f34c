import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** A password field whose visibility toggle is reachable by keyboard. */
export function PasswordField(props: PasswordInputProps) {
  const { t } = useTranslation("account");
  return (
    <PasswordInput
      autoComplete="current-password"
      visibilityToggleButtonProps={{ "aria-label": t("showPassword"), "aria-hidden": false, tabIndex: 0 }}
      {...props}
    />
  );
}
