import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "@/api/client";
import { sendIdempotently } from "@/api/idempotency";
import { ERROR_HANDLED } from "@/api/queryClient";
import { waitForRetry } from "@/browser/waitForRetry";
import { people } from "./queries";

export type Contact = Schemas["ContactView"];

const MAX_LOOKUPS = 20;
const LOOKUP_MILLISECONDS = 250;

/**
 * Creates a contact, or finds the person with the address. Pending until the service of tickets lists the person,
 * because it refuses a ticket for somebody whom it does not know yet.
 */
export function useAddContact() {
  const queryClient = useQueryClient();

  async function isListed({ id, name }: Contact): Promise<boolean> {
    const { items } = await queryClient.query({ ...people(name, false), staleTime: 0 });
    return items.some((person) => person.id === id);
  }

  return useMutation({
    mutationFn: async (body: Schemas["NewContact"]): Promise<Contact> => {
      const contact = await sendIdempotently("contact", body, (header) =>
        unwrap(api.POST("/api/v1/users/contacts", { body, params: { header } })),
      );
      // Bounded, because of many people with one name only the first ones are listed.
      for (let lookups = 0; lookups < MAX_LOOKUPS && !(await isListed(contact)); lookups += 1)
        await waitForRetry(LOOKUP_MILLISECONDS);
      return contact;
    },
    meta: ERROR_HANDLED,
  });
}
