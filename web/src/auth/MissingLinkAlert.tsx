import { Alert, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Instead of a page that needs the secret of a mailed link: after a reload it is gone. */
export function MissingLinkAlert() {
  const { t } = useTranslation("account");
  return (
    <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Text size="sm">{t("linkMissing")}</Text>
    </Alert>
  );
}
