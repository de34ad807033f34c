import { Badge, Button, Group, NativeSelect, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { InvitationList } from "@/auth/invitation/InvitationList";
import { InviteButton } from "@/auth/invitation/InviteButton";
import { type Role, ROLES } from "@/auth/roles";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { Page } from "@/ui/Page";
import { PagedTable } from "@/ui/PagedTable";
import { RelativeTime } from "@/ui/RelativeTime";
import { SuppressionText } from "@/ui/SuppressionText";
import { useChangePerson, useUnlock } from "./commands";
import { PersonMenu } from "./PersonMenu";
import { people, type Person } from "./queries";

export function PeoplePage() {
  const { t } = useTranslation(["admin", "shell"]);
  const [text, setText] = useState("");
  const [role, setRole] = useState<Role | "">("");
  const [searchText] = useDebouncedValue(text.trim(), 250);
  const query = useInfiniteQuery(people({ text: searchText || undefined, role: role || undefined }));
  return (
    <Page title={t("people.title")} size="lg" actions={<InviteButton />}>
      <Stack gap="xl">
        <div>
          <Group mb="sm" align="flex-end">
            <TextInput
              label={t("people.find")}
              leftSection={<IconSearch size={16} aria-hidden />}
              value={text}
              onChange={({ currentTarget: { value } }) => setText(value)}
            />
            <NativeSelect
              label={t("people.role")}
              value={role}
              data={[
                { value: "", label: t("any") },
                ...ROLES.map((value) => ({ value, label: t(`shell:role.${value}`) })),
              ]}
              onChange={({ currentTarget: { value } }) => setRole(ROLES.find((each) => each === value) ?? "")}
            />
          </Group>
          <PagedTable
            query={query}
            label={t("people.title")}
            columns={[t("people.name"), t("people.state"), t("people.role"), t("people.lastLogin"), t("actions")]}
            emptyMessage={t("people.none")}
          >
            {(person) => <PersonRow key={person.id} person={person} />}
          </PagedTable>
        </div>
        <section aria-labelledby="invitations">
          <Title order={2} size="h4" mb="sm" id="invitations">
            {t("invitations.title")}
          </Title>
          <InvitationList />
        </section>
      </Stack>
    </Page>
  );
}

function PersonRow({ person }: { readonly person: Person }) {
  const { t } = useTranslation(["admin", "shell"]);
  const { id } = useCurrentUser();
  const change = useChangePerson(person);
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600}>
          {person.name}
        </Text>
        <Text size="xs" c="dimmed">
          {person.email}
        </Text>
        <SuppressionText reason={person.email_suppression} />
      </Table.Td>
      <Table.Td>
        <Group gap={4}>
          <Badge variant="dot" color={person.active ? "green" : "gray"} tt="none">
            {person.active ? t("people.active") : t("people.inactive")}
          </Badge>
          {person.mfa_enabled && (
            <Badge variant="default" tt="none">
              {t("people.mfa")}
            </Badge>
          )}
          {person.is_contact && (
            <Badge variant="default" tt="none">
              {t("people.contact")}
            </Badge>
          )}
          {!person.email_verified && (
            <Badge variant="dot" color="yellow" tt="none">
              {t("people.unverified")}
            </Badge>
          )}
          {person.failed_logins > 0 && <FailedLogins person={person} />}
        </Group>
      </Table.Td>
      <Table.Td>
        <NativeSelect
          size="xs"
          miw={130}
          aria-label={t("people.roleOf", { name: person.name })}
          value={change.isPending ? (change.variables.role ?? person.role) : person.role}
          disabled={person.id === id}
          data={ROLES.map((value) => ({ value, label: t(`shell:role.${value}`) }))}
          onChange={({ currentTarget: { value } }) => change.mutate({ role: ROLES.find((each) => each === value) })}
        />
      </Table.Td>
      <Table.Td>{person.last_login_at === null ? t("never") : <RelativeTime at={person.last_login_at} />}</Table.Td>
      <Table.Td>{person.id !== id && <PersonMenu person={person} />}</Table.Td>
    </Table.Tr>
  );
}

/** Failed logins that may lock the person out, and the way to let them in. */
function FailedLogins({ person }: { readonly person: Person }) {
  const { t } = useTranslation("admin");
  const unlock = useUnlock(person);
  return (
    <>
      <Badge variant="dot" color="red" tt="none">
        {t("people.failedLogins", { count: person.failed_logins })}
      </Badge>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t("people.unlockOf", { name: person.name })}
        loading={unlock.isPending}
        onClick={() => unlock.mutate()}
      >
        {t("people.unlock")}
      </Button>
    </>
  );
}
