import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import { keysOf } from "@/api/keysOf";
import { CURSOR_PAGING } from "@/api/queryClient";
import type { paths } from "@/api/schema";

export type DeadLetter = Schemas["DeadLetterView"];

type ServiceOf<Path> = Path extends `/api/v1/dead-letters/${infer Service}/{sequence}` ? Service : never;
export type Service = ServiceOf<keyof paths>;

export const SERVICES = keysOf<Service>({ auth: true, tickets: true, notifications: true, mailer: true });

export const deadLettersKey = ["dead letters"] as const;

export function deadLetters(service: Service) {
  return infiniteQueryOptions({
    queryKey: [...deadLettersKey, service],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET(`/api/v1/dead-letters/${service}`, { params: { query: { limit: 50, cursor: pageParam } }, signal }),
      ),
    ...CURSOR_PAGING,
  });
}
