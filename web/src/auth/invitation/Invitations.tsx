import { Button, Table } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { Listing } from "@/shell/Listing";
import { Moment } from "@/shell/Moment";
import { useRevokeInvitation } from "./commands";
import { invitations } from "./queries";

/** Those that nobody has answered yet. */
export function Invitations() {
  const { t } = useTranslation(["admin", "shell"]);
  const found = useInfiniteQuery(invitations);
  return (
    <Listing
      of={found}
      label={t("invitations.title")}
      head={[t("people.email"), t("people.role"), t("invitations.by"), t("invitations.until"), t("actions")]}
      empty={t("invitations.none")}
    >
      {(invitation) => <Row key={invitation.id} invitation={invitation} />}
    </Listing>
  );
}

function Row({ invitation }: { readonly invitation: Schemas["InvitationView"] }) {
  const { t } = useTranslation(["admin", "shell"]);
  const revoke = useRevokeInvitation();
  return (
    <Table.Tr>
      <Table.Td>{invitation.email}</Table.Td>
      <Table.Td>{t(`shell:role.${invitation.role}`)}</Table.Td>
      <Table.Td>{invitation.invited_by.name}</Table.Td>
      <Table.Td>
        <Moment at={invitation.expires_at} />
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="default"
          loading={revoke.isPending}
          aria-label={t("invitations.revokeThat", { email: invitation.email })}
          onClick={() => {
            revoke.mutate(invitation);
          }}
        >
          {t("invitations.revoke")}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
