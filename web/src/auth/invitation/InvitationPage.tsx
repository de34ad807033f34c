import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { NewPassword } from "@/auth/account/NewPassword";
import { isAcceptable } from "@/auth/account/passwords";
import { Trouble } from "@/shell/Trouble";
import { fieldErrors } from "@/shell/trouble";
import { useAcceptInvitation } from "./commands";

/** Where the link of an invitation leads: a password, and one is in. */
export function InvitationPage() {
  const { t } = useTranslation("account");
  const { token = "" } = useSearch({ from: "/open/invitation" });
  const router = useRouter();
  const accept = useAcceptInvitation();
  useDocumentTitle(t("invitation.title"));
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", password: "" },
    validate: { password: (value) => (isAcceptable(value, "") ? null : t("invalid.password")) },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, password }) => {
        accept.mutate(
          { token, password, ...(name.trim() !== "" && { name: name.trim() }) },
          {
            onSuccess: () => void router.navigate({ to: "/" }),
            onError: (error) => {
              form.setErrors(fieldErrors(error, { password: t("invalid.password") }));
            },
          },
        );
      })}
    >
      <Stack>
        <Title order={1} size="h3">
          {t("invitation.title")}
        </Title>
        <Text size="sm">{t("invitation.text")}</Text>
        <Trouble error={accept.error} />
        <TextInput
          label={t("name")}
          description={t("invitation.nameHint")}
          autoComplete="name"
          key={form.key("name")}
          {...form.getInputProps("name")}
        />
        <NewPassword label={t("password")} key={form.key("password")} {...form.getInputProps("password")} />
        <Button type="submit" loading={accept.isPending}>
          {t("invitation.do")}
        </Button>
      </Stack>
    </form>
  );
}
