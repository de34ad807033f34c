import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isProblem } from "@/api/problem";
import { useLinkToken } from "@/auth/linkToken";
import { MissingLinkAlert } from "@/auth/MissingLinkAlert";
import { nameProblem } from "@/auth/name/nameProblem";
import { isAcceptablePassword } from "@/auth/password/isAcceptablePassword";
import { NewPasswordField } from "@/auth/password/NewPasswordField";
import { useSession } from "@/auth/session/session";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { useAcceptInvitation } from "./commands";

/**
 * Target of the link in the invitation mail. Whoever is logged in to the account with the invited address joins without
 * a password; the server says where one is needed after all.
 */
export function InvitationPage() {
  const { t } = useTranslation("account");
  const token = useLinkToken("/invitation");
  const router = useRouter();
  const accept = useAcceptInvitation();
  const isLoggedIn = useSession().state === "active";
  const [wasRefused, setWasRefused] = useState(false);
  const needsPassword = !isLoggedIn || wasRefused;
  useDocumentTitle(t("invitation.title"));
  const invalidPassword = (error: unknown) => ({
    password: t(isProblem(error, "wrong_password") ? "invitation.ownPassword" : "invalid.passwordWeak"),
  });
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", password: "" },
    validate: {
      name: (value) => {
        if (!needsPassword) return null;
        const problem = nameProblem(value);
        return value.trim() === "" || problem === null ? null : t(`invalid.${problem}`);
      },
      password: (value) => (!needsPassword || isAcceptablePassword(value, "") ? null : t("invalid.password")),
    },
  });
  if (token === null) {
    return (
      <Stack>
        <Title order={1} size="h3">
          {t("invitation.title")}
        </Title>
        <MissingLinkAlert />
      </Stack>
    );
  }
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, password }) => {
        accept.mutate(
          { token, ...(needsPassword && { password }), ...(name.trim() !== "" && { name: name.trim() }) },
          {
            onSuccess: () => void router.navigate({ to: "/" }),
            onError: (error) => {
              if (needsPassword) form.setErrors(fieldErrors(error, invalidPassword(error)));
              else if (isProblem(error, 422, "login_required")) setWasRefused(true);
            },
          },
        );
      })}
    >
      <Stack>
        <Title order={1} size="h3">
          {t("invitation.title")}
        </Title>
        <Text size="sm">{t(needsPassword ? "invitation.text" : "invitation.textLoggedIn")}</Text>
        <ErrorAlert error={accept.error} />
        {needsPassword && (
          <>
            <TextInput
              label={t("name")}
              description={t("invitation.nameHint")}
              autoComplete="name"
              key={form.key("name")}
              {...form.getInputProps("name")}
            />
            <NewPasswordField label={t("password")} key={form.key("password")} {...form.getInputProps("password")} />
          </>
        )}
        <Button type="submit" loading={accept.isPending}>
          {t("invitation.submit")}
        </Button>
      </Stack>
    </form>
  );
}
