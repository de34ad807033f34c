import { Button, Checkbox, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { EmailField } from "@/ui/EmailField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { Page } from "@/ui/Page";
import { PagedTable } from "@/ui/PagedTable";
import { RelativeTime } from "@/ui/RelativeTime";
import { useSuppressionReason } from "@/ui/useSuppressionReason";
import { useAddSuppression, useRemoveSuppression } from "./commands";
import { type Suppression, suppressions } from "./queries";

export function SuppressionsPage() {
  const { t } = useTranslation("admin");
  const query = useInfiniteQuery(suppressions);
  return (
    <Page title={t("suppressions.title")} lead={t("suppressions.lead")} size="lg">
      <AddForm />
      <PagedTable
        query={query}
        label={t("suppressions.title")}
        columns={[
          t("suppressions.email"),
          t("suppressions.reason"),
          t("suppressions.by"),
          t("suppressions.since"),
          t("actions"),
        ]}
        emptyMessage={t("suppressions.none")}
      >
        {(suppression) => <Row key={suppression.id} suppression={suppression} />}
      </PagedTable>
    </Page>
  );
}

function AddForm() {
  const { t } = useTranslation(["admin", "account"]);
  const add = useAddSuppression();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "", reason: "", includes_security_emails: false },
    validate: { email: (value) => (value.includes("@") ? null : t("account:invalid.email")) },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ email, reason, includes_security_emails }) => {
        add.mutate(
          { email, includes_security_emails, ...(reason.trim() !== "" && { reason: reason.trim() }) },
          {
            onSuccess: () => form.reset(),
            onSettled: (_added, error) => form.setErrors(fieldErrors(error, { email: t("account:invalid.email") })),
          },
        );
      })}
    >
      <Stack gap="xs">
        <ErrorAlert error={add.error} />
        <Group align="flex-start">
          <EmailField label={t("suppressions.email")} key={form.key("email")} {...form.getInputProps("email")} />
          <TextInput label={t("suppressions.reason")} key={form.key("reason")} {...form.getInputProps("reason")} />
          <Button type="submit" mt={24} loading={add.isPending}>
            {t("suppressions.add")}
          </Button>
        </Group>
        <Checkbox
          label={t("suppressions.includesSecurity")}
          key={form.key("includes_security_emails")}
          {...form.getInputProps("includes_security_emails", { type: "checkbox" })}
        />
      </Stack>
    </form>
  );
}

function Row({ suppression }: { readonly suppression: Suppression }) {
  const { t } = useTranslation("admin");
  const suppressionReason = useSuppressionReason();
  const remove = useRemoveSuppression(suppression);
  return (
    <Table.Tr>
      <Table.Td>{suppression.email}</Table.Td>
      <Table.Td>
        {suppressionReason(suppression.reason)}
        {suppression.includes_security_emails && (
          <Text size="xs" c="dimmed">
            {t("suppressions.withSecurity")}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{suppression.added_by?.name ?? t("suppressions.automatic")}</Table.Td>
      <Table.Td>
        <RelativeTime at={suppression.added_at} />
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="default"
          loading={remove.isPending}
          aria-label={t("suppressions.removeLabel", { email: suppression.email })}
          onClick={() => remove.mutate()}
        >
          {t("suppressions.remove")}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
