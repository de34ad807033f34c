import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { LoggedOut, Refused } from "@/api/problem";
import { type Words, wordsFor } from "./trouble";

interface Props {
  readonly error: unknown;
  readonly words?: Words;
  readonly onRetry?: () => void;
}

/** What went wrong, said where it matters; nothing where nothing did. */
export function Trouble({ error, words = {}, onRetry }: Props) {
  const { t } = useTranslation("shell");
  if (error === null || error === undefined || error instanceof LoggedOut) return null;
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Text size="sm">{wordsFor(error, t, words)}</Text>
      {error instanceof Refused && error.status >= 500 && (
        <Text size="xs" c="dimmed" mt={4}>
          {t("problem.reference", { id: error.problem.request_id })}
        </Text>
      )}
      {onRetry && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={onRetry}>
            {t("retry")}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
