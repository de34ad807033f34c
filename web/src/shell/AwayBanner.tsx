import { Group, Text } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useReachability } from "@/api/reachability";
import classes from "./AwayBanner.module.css";

const AGAIN_SECONDS = 3;

/** Says so while the network or the server is away, and asks again until it is back. Nothing typed is lost meanwhile. */
export function AwayBanner() {
  const { t } = useTranslation("shell");
  const reachability = useReachability();
  const queryClient = useQueryClient();

  useEffect(() => {
    if (reachability !== "server-down") return undefined;
    const timer = setInterval(() => {
      if (onlineManager.isOnline()) void queryClient.refetchQueries({ type: "active" });
    }, AGAIN_SECONDS * 1000);
    return () => {
      clearInterval(timer);
    };
  }, [reachability, queryClient]);

  return (
    <div role="status" aria-live="polite">
      {reachability !== "online" && (
        <Group className={classes.banner} justify="center" gap="xs" wrap="nowrap">
          <IconCloudOff size={16} aria-hidden />
          <Text size="sm">{reachability === "offline" ? t("away.offline") : t("away.serverDown")}</Text>
        </Group>
      )}
    </div>
  );
}
