import { Badge, Group, NativeSelect, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Invitations } from "@/auth/invitation/Invitations";
import { InviteButton } from "@/auth/invitation/InviteButton";
import { useUser } from "@/auth/session/useUser";
import { Listing } from "@/shell/Listing";
import { Moment } from "@/shell/Moment";
import { Page } from "@/shell/Page";
import { useChangePerson } from "./commands";
import { PersonMenu } from "./PersonMenu";
import { people, type Person } from "./queries";
import { ROLES, type Role } from "./roles";

/** Who belongs to the organisation, and who was asked to. */
export function PeoplePage() {
  const { t } = useTranslation(["admin", "shell"]);
  const [text, setText] = useState("");
  const [role, setRole] = useState<Role | "">("");
  const [sought] = useDebouncedValue(text.trim(), 250);
  const found = useInfiniteQuery(people({ text: sought || undefined, role: role || undefined }));
  return (
    <Page title={t("people.title")} size="lg" actions={<InviteButton />}>
      <Stack gap="xl">
        <div>
          <Group mb="sm" align="flex-end">
            <TextInput
              label={t("people.find")}
              leftSection={<IconSearch size={16} aria-hidden />}
              value={text}
              onChange={({ currentTarget: { value } }) => {
                setText(value);
              }}
            />
            <NativeSelect
              label={t("people.role")}
              value={role}
              data={[
                { value: "", label: t("any") },
                ...ROLES.map((value) => ({ value, label: t(`shell:role.${value}`) })),
              ]}
              onChange={({ currentTarget: { value } }) => {
                setRole(ROLES.find((each) => each === value) ?? "");
              }}
            />
          </Group>
          <Listing
            of={found}
            label={t("people.title")}
            head={[t("people.name"), t("people.role"), t("people.state"), t("people.lastLogin"), t("actions")]}
            empty={t("people.none")}
          >
            {(person) => <PersonRow key={person.id} person={person} />}
          </Listing>
        </div>
        <section aria-labelledby="invitations">
          <Title order={2} size="h4" mb="sm" id="invitations">
            {t("invitations.title")}
          </Title>
          <Invitations />
        </section>
      </Stack>
    </Page>
  );
}

function PersonRow({ person }: { readonly person: Person }) {
  const { t } = useTranslation(["admin", "shell"]);
  const { id } = useUser();
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
      </Table.Td>
      <Table.Td>
        <NativeSelect
          size="xs"
          miw={130}
          aria-label={t("people.roleOf", { name: person.name })}
          value={change.isPending ? (change.variables.role ?? person.role) : person.role}
          disabled={person.id === id}
          data={ROLES.map((value) => ({ value, label: t(`shell:role.${value}`) }))}
          onChange={({ currentTarget: { value } }) => {
            change.mutate({ role: ROLES.find((each) => each === value) });
          }}
        />
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
          {!person.email_verified && (
            <Badge variant="dot" color="yellow" tt="none">
              {t("people.unverified")}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>{person.last_login_at === null ? t("never") : <Moment at={person.last_login_at} />}</Table.Td>
      <Table.Td>{person.id !== id && <PersonMenu person={person} />}</Table.Td>
    </Table.Tr>
  );
}
