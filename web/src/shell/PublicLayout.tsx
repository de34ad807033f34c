import { Box, Center, Group, Paper, Stack } from "@mantine/core";
import { Outlet } from "@tanstack/react-router";
import { ConnectionBanner } from "./ConnectionBanner";
import { LanguageSelect } from "./LanguageSelect";
import { Logo } from "./Logo";
import { ThemeToggle } from "./ThemeToggle";

/** The frame of pages that need no login. */
export function PublicLayout() {
  return (
    <Box mih="100vh" bg="var(--desk-background)">
      <ConnectionBanner />
      <Center px="sm" py={{ base: "lg", sm: 64 }}>
        <Stack w="100%" maw={420} gap="lg">
          <Group component="header" justify="center">
            <Logo />
          </Group>
          <Paper component="main" withBorder radius="lg" p={{ base: "lg", sm: "xl" }} shadow="xs">
            <Outlet />
          </Paper>
          <Group component="footer" justify="center" gap="xs">
            <LanguageSelect />
            <ThemeToggle />
          </Group>
        </Stack>
      </Center>
    </Box>
  );
}
