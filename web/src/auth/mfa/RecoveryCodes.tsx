import { Alert, Button, Code, CopyButton, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}

/** The codes are shown only once. */
export function RecoveryCodes({ codes, onDone }: Props) {
  const { t } = useTranslation("account");
  return (
    <Stack>
      <Alert color="yellow" title={t("recoveryCodes.title")}>
        <Text size="sm">{t("recoveryCodes.text")}</Text>
      </Alert>
      <SimpleGrid
        cols={{ base: 1, sm: 2 }}
        spacing="xs"
        component="ul"
        aria-label={t("recoveryCodes.title")}
        style={{ listStyle: "none", padding: 0 }}
      >
        {codes.map((code) => (
          <li key={code}>
            <Code>{code}</Code>
          </li>
        ))}
      </SimpleGrid>
      <Group>
        <CopyButton value={codes.join("\n")}>
          {({ copied, copy }) => (
            <Button variant="default" autoFocus onClick={copy}>
              {copied ? t("copied") : t("copy")}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onDone}>{t("recoveryCodes.done")}</Button>
      </Group>
    </Stack>
  );
}
