import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { PAGED } from "@/api/queries";

export type DeadLetter = Schemas["DeadLetterView"];

export const SERVICES = ["auth", "tickets", "notifications", "mailer"] as const;
export type Service = (typeof SERVICES)[number];

export const deadLettersKey = ["dead letters"] as const;

/** What a service could not handle. */
export function deadLetters(service: Service) {
  return infiniteQueryOptions({
    queryKey: [...deadLettersKey, service],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET(`/api/v1/dead-letters/${service}`, { params: { query: { limit: 50, cursor: pageParam } }, signal }),
      ),
    ...PAGED,
  });
}
