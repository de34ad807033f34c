import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { AnswerOf } from "@/api/shapes";

export type Settings = AnswerOf<"get_settings">;

export const settings = queryOptions({
  queryKey: ["tickets", "settings"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/settings", { signal })),
});
