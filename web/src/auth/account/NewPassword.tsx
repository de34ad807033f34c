import type { PasswordInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Password } from "./Password";

/** A field for a password that is being chosen, with what is asked of it. */
export function NewPassword(props: PasswordInputProps) {
  const { t } = useTranslation("account");
  return <Password description={t("passwordRule")} autoComplete="new-password" {...props} />;
}
