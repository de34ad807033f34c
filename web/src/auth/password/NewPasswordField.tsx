import type { PasswordInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PasswordField } from "./PasswordField";

/** A password field with the password rules. */
export function NewPasswordField(props: PasswordInputProps) {
  const { t } = useTranslation("account");
  return <PasswordField description={t("passwordRule")} autoComplete="new-password" {...props} />;
}
