import { Group, Text } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useReachability } from "@/api/reachability";
import classes from "./ConnectionBanner.module.css";

const RETRY_SECONDS = 3;

/** Shows that the network or the server is unreachable and refetches until it is back. */
export function ConnectionBanner() {
  const { t } = useTranslation("shell");
  const reachability = useReachability();
  const queryClient = useQueryClient();

  useEffect(() => {
    if (reachability !== "server-down") return undefined;
    const timer = setInterval(() => {
      if (onlineManager.isOnline()) void queryClient.refetchQueries({ type: "active" });
    }, RETRY_SECONDS * 1000);
    return () => clearInterval(timer);
  }, [reachability, queryClient]);

  return (
    <div role="status" aria-live="polite">
      {reachability !== "online" && (
        <Group className={classes.banner} justify="center" gap="xs" wrap="nowrap">
          <IconCloudOff size={16} aria-hidden />
          <Text size="sm">{reachability === "offline" ? t("connection.offline") : t("connection.serverDown")}</Text>
        </Group>
      )}
    </div>
  );
}
