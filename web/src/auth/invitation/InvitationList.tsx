import { Button, Table } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { PagedTable } from "@/ui/PagedTable";
import { RelativeTime } from "@/ui/RelativeTime";
import { useRevokeInvitation } from "./commands";
import { invitations } from "./queries";

/** Pending invitations. */
export function InvitationList() {
  const { t } = useTranslation(["admin", "shell"]);
  const query = useInfiniteQuery(invitations);
  return (
    <PagedTable
      query={query}
      label={t("invitations.title")}
      columns={[t("people.email"), t("people.role"), t("invitations.by"), t("invitations.until"), t("actions")]}
      emptyMessage={t("invitations.none")}
    >
      {(invitation) => <Row key={invitation.id} invitation={invitation} />}
    </PagedTable>
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
        <RelativeTime at={invitation.expires_at} />
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="default"
          loading={revoke.isPending}
          aria-label={t("invitations.revokeLabel", { email: invitation.email })}
          onClick={() => revoke.mutate(invitation)}
        >
          {t("invitations.revoke")}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
