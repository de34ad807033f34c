import { Container, Group, type MantineSize, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  readonly title: string;
  /** A link back to the parent page. */
  readonly back?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly size?: MantineSize | number;
  readonly children: ReactNode;
}

/** The layout of a page with a heading. */
export function Page({ title, back, lead, actions, size = "md", children }: Props) {
  const { t } = useTranslation("shell");
  useDocumentTitle(`${title} · ${t("name")}`);
  return (
    <Container size={size} py="lg" px={{ base: "sm", sm: "lg" }}>
      <Stack gap="lg">
        {back}
        <Group justify="space-between" align="flex-start" wrap="wrap">
          <div>
            <Title order={1} size="h2" dir="auto">
              {title}
            </Title>
            {lead !== undefined && (
              <Text c="dimmed" size="sm" mt={4} maw={640}>
                {lead}
              </Text>
            )}
          </div>
          {actions}
        </Group>
        {children}
      </Stack>
    </Container>
  );
}
