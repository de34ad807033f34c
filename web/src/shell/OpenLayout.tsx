import { Box, Center, Group, Paper, Stack } from "@mantine/core";
import { Outlet } from "@tanstack/react-router";
import { AwayBanner } from "./AwayBanner";
import { LanguageSwitch } from "./LanguageSwitch";
import { Mark } from "./Mark";
import { ThemeSwitch } from "./ThemeSwitch";

/** Pages for whoever is not logged in: one card in the middle. */
export function OpenLayout() {
  return (
    <Box mih="100vh" bg="var(--desk-quiet)">
      <AwayBanner />
      <Center px="sm" py={{ base: "lg", sm: 64 }}>
        <Stack w="100%" maw={420} gap="lg">
          <Group component="header" justify="center">
            <Mark />
          </Group>
          <Paper component="main" withBorder radius="lg" p={{ base: "lg", sm: "xl" }} shadow="xs">
            <Outlet />
          </Paper>
          <Group component="footer" justify="center" gap="xs">
            <LanguageSwitch />
            <ThemeSwitch />
          </Group>
        </Stack>
      </Center>
    </Box>
  );
}
