import { Alert, Button, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { nameProblem } from "@/auth/name/nameProblem";
import { changeLanguage } from "@/i18n";
import { isLanguage, LANGUAGE_NAMES, LANGUAGE_OPTIONS } from "@/i18n/languages";
import { EmailField } from "@/ui/EmailField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { QueryResult } from "@/ui/QueryResult";
import { toastSuccess } from "@/ui/toast";
import { useMergeRemote } from "@/ui/useMergeRemote";
import { useCancelEmailChange, useChangeProfile, useRequestVerification } from "./commands";
import { profile, type Profile } from "./queries";

export function ProfileTab() {
  const me = useQuery(profile);
  return (
    <QueryResult query={me}>
      {(profile) => (
        <Stack gap="xl">
          <NameAndLanguageForm me={profile} />
          <EmailSection me={profile} />
        </Stack>
      )}
    </QueryResult>
  );
}

function NameAndLanguageForm({ me }: { readonly me: Profile }) {
  const { t } = useTranslation(["account", "shell"]);
  const change = useChangeProfile(me.version);
  const values = { name: me.name, locale: me.locale };
  const form = useForm({
    mode: "uncontrolled",
    initialValues: values,
    validate: {
      name: (value) => {
        const problem = nameProblem(value);
        return problem === null ? null : t(`invalid.${problem}`);
      },
    },
  });
  const saved = useMergeRemote(form, me.version, values, formatLocale);
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        change.mutate(values, {
          onSuccess: ({ locale }) => {
            saved(values);
            toastSuccess(t("shell:saved"));
            if (isLanguage(locale)) void changeLanguage(locale);
          },
          onError: (error) => form.setErrors(fieldErrors(error)),
        });
      })}
    >
      <Stack maw={400}>
        <ErrorAlert error={change.error} />
        <TextInput label={t("name")} autoComplete="name" key={form.key("name")} {...form.getInputProps("name")} />
        <NativeSelect
          label={t("shell:language")}
          description={t("profile.languageHint")}
          data={LANGUAGE_OPTIONS}
          key={form.key("locale")}
          {...form.getInputProps("locale")}
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

function formatLocale(value: unknown): string {
  const locale = String(value);
  return isLanguage(locale) ? LANGUAGE_NAMES[locale] : locale;
}

function EmailSection({ me }: { readonly me: Profile }) {
  const { t } = useTranslation("account");
  const cancel = useCancelEmailChange();
  const verification = useRequestVerification();
  return (
    <Stack maw={400}>
      <Title order={2} size="h4">
        {t("email")}
      </Title>
      <Text size="sm">{me.email}</Text>
      {!me.email_verified && (
        <Alert color="yellow" title={t("profile.unverified")}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t("profile.unverifiedText")}</Text>
            <Text size="sm">{t("profile.unverifiedChange")}</Text>
            <Button
              size="xs"
              variant="default"
              loading={verification.isPending}
              disabled={verification.isSuccess}
              onClick={() => verification.mutate()}
            >
              {verification.isSuccess ? t("profile.verificationSent") : t("profile.verifyAgain")}
            </Button>
          </Stack>
        </Alert>
      )}
      {me.pending_email !== null && (
        <Alert>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t("profile.pending", { email: me.pending_email })}</Text>
            <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t("profile.cancelChange")}
            </Button>
          </Stack>
        </Alert>
      )}
      {me.email_verified && <EmailForm me={me} />}
    </Stack>
  );
}

function EmailForm({ me }: { readonly me: Profile }) {
  const { t } = useTranslation("account");
  const change = useChangeProfile(me.version);
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "" },
    validate: { email: (value) => (value.includes("@") ? null : t("invalid.email")) },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        change.mutate(values, {
          onSuccess: () => form.reset(),
          onError: (error) => {
            form.setErrors(fieldErrors(error, { email: t("invalid.email") }));
          },
        });
      })}
    >
      <Stack>
        <ErrorAlert error={change.error} />
        <EmailField
          label={t("profile.newEmail")}
          autoComplete="email"
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <Group>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t("profile.changeEmail")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
