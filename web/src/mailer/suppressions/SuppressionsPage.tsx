import { Button, Group, Stack, Table, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Listing } from "@/shell/Listing";
import { Moment } from "@/shell/Moment";
import { Page } from "@/shell/Page";
import { Trouble } from "@/shell/Trouble";
import { fieldErrors } from "@/shell/trouble";
import { useAddSuppression, useRemoveSuppression } from "./commands";
import { type Suppression, suppressions } from "./queries";

/** Addresses that nothing is sent to. */
export function SuppressionsPage() {
  const { t } = useTranslation("admin");
  const found = useInfiniteQuery(suppressions);
  return (
    <Page title={t("suppressions.title")} lead={t("suppressions.lead")} size="lg">
      <AddForm />
      <Listing
        of={found}
        label={t("suppressions.title")}
        head={[
          t("suppressions.email"),
          t("suppressions.reason"),
          t("suppressions.by"),
          t("suppressions.since"),
          t("actions"),
        ]}
        empty={t("suppressions.none")}
      >
        {(suppression) => <Row key={suppression.id} suppression={suppression} />}
      </Listing>
    </Page>
  );
}

function AddForm() {
  const { t } = useTranslation(["admin", "account"]);
  const add = useAddSuppression();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "", reason: "" },
    validate: { email: (value) => (value.includes("@") ? null : t("account:invalid.email")) },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ email, reason }) => {
        add.mutate(
          { email, ...(reason.trim() !== "" && { reason: reason.trim() }) },
          {
            onSuccess: () => {
              form.reset();
            },
            onSettled: (_added, error) => {
              form.setErrors(fieldErrors(error, { email: t("account:invalid.email") }));
            },
          },
        );
      })}
    >
      <Stack gap="xs">
        <Trouble error={add.error} />
        <Group align="flex-start">
          <TextInput
            label={t("suppressions.email")}
            type="email"
            key={form.key("email")}
            {...form.getInputProps("email")}
          />
          <TextInput label={t("suppressions.reason")} key={form.key("reason")} {...form.getInputProps("reason")} />
          <Button type="submit" mt={24} loading={add.isPending}>
            {t("suppressions.add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Row({ suppression }: { readonly suppression: Suppression }) {
  const { t } = useTranslation("admin");
  const remove = useRemoveSuppression(suppression);
  return (
    <Table.Tr>
      <Table.Td>{suppression.email}</Table.Td>
      <Table.Td>{suppression.reason}</Table.Td>
      <Table.Td>{suppression.added_by.name}</Table.Td>
      <Table.Td>
        <Moment at={suppression.added_at} />
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="default"
          loading={remove.isPending}
          aria-label={t("suppressions.removeThat", { email: suppression.email })}
          onClick={() => {
            remove.mutate();
          }}
        >
          {t("suppressions.remove")}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
