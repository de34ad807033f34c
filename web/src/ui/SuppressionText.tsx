import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSuppressionReason } from "./useSuppressionReason";

/** Says that emails to an address are not delivered, and why. Renders nothing without a reason. */
export function SuppressionText({ reason }: { readonly reason: string | null }) {
  const { t } = useTranslation("shell");
  const suppressionReason = useSuppressionReason();
  if (reason === null) return null;
  return (
    <Text size="xs" c="red" style={{ overflowWrap: "anywhere" }}>
      {t("suppression.text", { reason: suppressionReason(reason) })}
    </Text>
  );
}
