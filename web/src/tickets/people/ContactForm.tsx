import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { nameProblem } from "@/auth/name/nameProblem";
import { type Language, LANGUAGE_OPTIONS } from "@/i18n/languages";
import { EmailField } from "@/ui/EmailField";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { type Contact, useAddContact } from "./commands";

interface Props {
  /** What was typed into the search: a name or an email address. */
  readonly typed: string;
  readonly onAdded: (contact: Contact) => void;
}

export function ContactForm({ typed, onAdded }: Props) {
  const { t, i18n } = useTranslation(["tickets", "account", "shell"]);
  const add = useAddContact();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: {
      email: typed.includes("@") ? typed : "",
      name: typed.includes("@") ? "" : typed,
      locale: i18n.language as Language,
    },
    validate: {
      email: (value) => (value.includes("@") ? null : t("account:invalid.email")),
      name: (value) => {
        const problem = nameProblem(value);
        return value.trim() === "" || problem === null ? null : t(`account:invalid.${problem}`);
      },
    },
  });
  const submit = form.onSubmit(({ email, name, locale }) => {
    add.mutate(
      { email, locale, ...(name.trim() !== "" && { name: name.trim() }) },
      {
        onSuccess: onAdded,
        onError: (error) => form.setErrors(fieldErrors(error, { email: t("account:invalid.email") })),
      },
    );
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.stopPropagation(); // React passes it on to the form of the ticket, which contains this one's dialog
        submit(event);
      }}
    >
      <Stack>
        <Text size="sm">{t("contact.text")}</Text>
        <ErrorAlert error={add.error} />
        <EmailField
          label={t("account:email")}
          data-autofocus
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <TextInput
          label={t("account:name")}
          description={t("contact.nameHint")}
          key={form.key("name")}
          {...form.getInputProps("name")}
        />
        <NativeSelect
          label={t("shell:language")}
          description={t("contact.languageHint")}
          data={LANGUAGE_OPTIONS}
          key={form.key("locale")}
          {...form.getInputProps("locale")}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending}>
            {t("contact.add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
