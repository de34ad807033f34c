import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { ResponseOf } from "@/api/operationTypes";

export type Settings = ResponseOf<"get_settings">;

export const settings = queryOptions({
  queryKey: ["tickets", "settings"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/settings", { signal })),
});
