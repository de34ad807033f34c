import { Button, Group, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { QueryResult } from "@/ui/QueryResult";
import { toastSuccess } from "@/ui/toast";
import { useMergeRemote } from "@/ui/useMergeRemote";
import { useChangeOrganisation } from "./commands";
import { type Organisation, ownOrganisation } from "./queries";

/** Name, sign-up and second-factor policy of the organisation. */
export function OrganisationForm() {
  const organisation = useQuery(ownOrganisation);
  return <QueryResult query={organisation}>{(loaded) => <Form organisation={loaded} />}</QueryResult>;
}

function Form({ organisation }: { readonly organisation: Organisation }) {
  const { t } = useTranslation(["admin", "shell"]);
  const change = useChangeOrganisation(organisation.version);
  const current = {
    name: organisation.name,
    open_sign_up: organisation.settings.open_sign_up ?? true,
    require_mfa: organisation.settings.require_mfa ?? false,
  };
  const form = useForm({
    mode: "uncontrolled",
    initialValues: current,
    validate: { name: (value) => (value.trim() === "" ? t("organisation.nameMissing") : null) },
  });
  const saved = useMergeRemote(form, organisation.version, current);
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, ...settings }) => {
        change.mutate(
          { name, settings },
          {
            onSuccess: () => {
              saved({ name, ...settings });
              toastSuccess(t("shell:saved"));
            },
            onError: (error) => form.setErrors(fieldErrors(error)),
          },
        );
      })}
    >
      <Stack maw={480}>
        <ErrorAlert error={change.error} />
        <TextInput label={t("organisation.name")} key={form.key("name")} {...form.getInputProps("name")} />
        <Switch
          label={t("organisation.openSignUp")}
          description={t("organisation.openSignUpText")}
          key={form.key("open_sign_up")}
          {...form.getInputProps("open_sign_up", { type: "checkbox" })}
        />
        <Switch
          label={t("organisation.requireMfa")}
          description={t("organisation.requireMfaText")}
          key={form.key("require_mfa")}
          {...form.getInputProps("require_mfa", { type: "checkbox" })}
        />
        <Group>
          <Button type="submit" loading={change.isPending}>
            {t("shell:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
