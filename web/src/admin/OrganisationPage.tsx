import { Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { OrganisationForm } from "@/auth/organisation/OrganisationForm";
import { DeskSettings } from "@/tickets/settings/DeskSettings";
import { Page } from "@/ui/Page";

export function OrganisationPage() {
  const { t } = useTranslation("admin");
  return (
    <Page title={t("organisation.title")} size="sm">
      <OrganisationForm />
      <section aria-labelledby="desk-settings">
        <Title order={2} size="h4" mb="md" id="desk-settings">
          {t("settings.title")}
        </Title>
        <DeskSettings />
      </section>
    </Page>
  );
}
