import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { LoggedOutError, ProblemError } from "@/api/problem";
import { errorMessage, type MessageOverrides } from "./errorMessages";

interface Props {
  readonly error: unknown;
  readonly overrides?: MessageOverrides;
  readonly onRetry?: () => void;
}

/** Shows an error; renders nothing without one and after a logout. */
export function ErrorAlert({ error, overrides = {}, onRetry }: Props) {
  const { t } = useTranslation("shell");
  if (error === null || error === undefined || error instanceof LoggedOutError) return null;
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Text size="sm">{errorMessage(error, t, overrides)}</Text>
      {error instanceof ProblemError && error.status >= 500 && (
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
