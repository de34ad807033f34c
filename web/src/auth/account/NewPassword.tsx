import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** A field for a password that is being chosen, with what is asked of it. */
export function NewPassword(props: PasswordInputProps) {
  const { t } = useTranslation("account");
  return (
    <PasswordInput
      description={t("passwordRule")}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ "aria-label": t("showPassword"), "aria-hidden": false, tabIndex: 0 }}
      {...props}
    />
  );
}
