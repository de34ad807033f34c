import { Alert, Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { nameProblem } from "@/auth/name/nameProblem";
import { type Role, ROLES } from "@/auth/roles";
import { type Language, LANGUAGE_OPTIONS } from "@/i18n/languages";
import { EmailField } from "@/ui/EmailField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { toastSuccess } from "@/ui/toast";
import { useInvite } from "./commands";
import { invitationEffect } from "./invitationEffect";
import { holderOf } from "./queries";

export function InviteButton() {
  const { t } = useTranslation(["admin", "shell"]);
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
        {t("invitations.invite")}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t("invitations.invite")}
        closeButtonProps={{ "aria-label": t("shell:close") }}
      >
        <InviteForm onDone={close} />
      </Modal>
    </>
  );
}

function InviteForm({ onDone }: { readonly onDone: () => void }) {
  const { t, i18n } = useTranslation(["admin", "account", "shell"]);
  const invite = useInvite();
  const [{ email, role }, setTyped] = useState({ email: "", role: "agent" as Role });
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email, name: "", role, locale: i18n.language as Language },
    onValuesChange: setTyped,
    validate: {
      email: (value) => (value.includes("@") ? null : t("account:invalid.email")),
      name: (value) => {
        const problem = nameProblem(value);
        return problem === null ? null : t(`account:invalid.${problem}`);
      },
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        invite.mutate(values, {
          onSuccess: ({ email }) => {
            toastSuccess(t("invitations.sent", { email }));
            onDone();
          },
          onError: (error) => form.setErrors(fieldErrors(error, { email: t("account:invalid.email") })),
        });
      })}
    >
      <Stack>
        <ErrorAlert error={invite.error} />
        <EmailField label={t("people.email")} data-autofocus key={form.key("email")} {...form.getInputProps("email")} />
        <TextInput label={t("people.name")} key={form.key("name")} {...form.getInputProps("name")} />
        <NativeSelect
          label={t("people.role")}
          data={ROLES.map((value) => ({ value, label: t(`shell:role.${value}`) }))}
          key={form.key("role")}
          {...form.getInputProps("role")}
        />
        <InvitationEffect email={email} role={role} />
        <NativeSelect
          label={t("shell:language")}
          data={LANGUAGE_OPTIONS}
          key={form.key("locale")}
          {...form.getInputProps("locale")}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={invite.isPending}>
            {t("invitations.send")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Says what the invitation does to an account that has the address already. */
function InvitationEffect({ email, role }: { readonly email: string; readonly role: Role }) {
  const { t } = useTranslation(["admin", "shell"]);
  const [address] = useDebouncedValue(email.trim(), 250);
  const { data: holder } = useQuery(holderOf(address));
  return (
    <div role="status">
      {holder && (
        <Alert color="yellow">
          {t(`invitations.effect.${invitationEffect(holder, role)}`, {
            name: holder.name,
            current: t(`shell:role.${holder.role}`),
            role: t(`shell:role.${role}`),
          })}
        </Alert>
      )}
    </div>
  );
}
