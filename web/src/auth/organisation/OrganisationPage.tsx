import { Button, Group, Stack, Switch, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useTheirs } from "@/shell/useTheirs";
import { Answer } from "@/shell/Answer";
import { Page } from "@/shell/Page";
import { toastDone } from "@/shell/toast";
import { Trouble } from "@/shell/Trouble";
import { fieldErrors } from "@/shell/trouble";
import { DeskSettings } from "@/tickets/settings/DeskSettings";
import { useChangeOrganisation } from "./commands";
import { type Organisation, ownOrganisation } from "./queries";

/** What the organisation decides about itself: its name, who needs a second factor, how tickets are looked after. */
export function OrganisationPage() {
  const { t } = useTranslation("admin");
  const organisation = useQuery(ownOrganisation);
  return (
    <Page title={t("organisation.title")} size="sm">
      <Answer of={organisation}>{(found) => <Itself organisation={found} />}</Answer>
      <section aria-labelledby="desk-settings">
        <Title order={2} size="h4" mb="md" id="desk-settings">
          {t("settings.title")}
        </Title>
        <DeskSettings />
      </section>
    </Page>
  );
}

function Itself({ organisation }: { readonly organisation: Organisation }) {
  const { t } = useTranslation(["admin", "shell"]);
  const change = useChangeOrganisation(organisation.version);
  const now = { name: organisation.name, require_mfa: organisation.settings.require_mfa ?? false };
  const form = useForm({
    mode: "uncontrolled",
    initialValues: now,
    validate: { name: (value) => (value.trim() === "" ? t("organisation.nameMissing") : null) },
  });
  const saved = useTheirs(form, organisation.version, now);
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, require_mfa }) => {
        change.mutate(
          { name, settings: { require_mfa } },
          {
            onSuccess: () => {
              saved({ name, require_mfa });
              toastDone(t("shell:saved"));
            },
            onError: (error) => {
              form.setErrors(fieldErrors(error));
            },
          },
        );
      })}
    >
      <Stack maw={480}>
        <Trouble error={change.error} />
        <TextInput label={t("organisation.name")} key={form.key("name")} {...form.getInputProps("name")} />
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
