import { Button, Group, NumberInput, Stack, Switch, TagsInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keysOf } from "@/api/keysOf";
import { ErrorAlert } from "@/ui/ErrorAlert";
import { fieldErrors } from "@/ui/errorMessages";
import { QueryResult } from "@/ui/QueryResult";
import { toastSuccess } from "@/ui/toast";
import { useMergeRemote } from "@/ui/useMergeRemote";
import { useUpdateSettings } from "./commands";
import { type Settings, settings } from "./queries";

/** Minimum and maximum of each number. */
const LIMITS: Record<Exclude<keyof Settings, "version" | "accepted_attachment_types" | "stay_resolved_after_thanks">, readonly [number, number]> = {
  escalation_hours: [1, 8760],
  auto_close_days: [1, 3650],
  reopen_window_days: [0, 3650],
  ticket_creation_per_hour: [1, 100_000],
  messages_per_hour: [10, 100_000],
};

export function DeskSettings() {
  const query = useQuery(settings);
  return <QueryResult query={query}>{(loaded) => <Form settings={loaded} />}</QueryResult>;
}

function Form({ settings }: { readonly settings: Settings }) {
  const { t } = useTranslation(["admin", "shell"]);
  const { version, ...current } = settings;
  const update = useUpdateSettings(version);
  const form = useForm({ mode: "controlled", initialValues: current });
  const saved = useMergeRemote(form, version, current);
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        update.mutate(values, {
          onSuccess: () => {
            saved(values);
            toastSuccess(t("shell:saved"));
          },
          onError: (error) => form.setErrors(fieldErrors(error)),
        });
      })}
    >
      <Stack maw={480}>
        <ErrorAlert error={update.error} />
        {keysOf(LIMITS).map((name) => (
          <NumberInput
            key={name}
            label={t(`settings.${name}`)}
            description={name === "escalation_hours" && t("settings.escalationHint")}
            min={LIMITS[name][0]}
            max={LIMITS[name][1]}
            allowDecimal={false}
            {...form.getInputProps(name)}
          />
        ))}
        <Switch
          label={t("settings.stay_resolved_after_thanks")}
          description={t("settings.stayResolvedHint")}
          {...form.getInputProps("stay_resolved_after_thanks", { type: "checkbox" })}
        />
        <TagsInput
          label={t("settings.accepted_attachment_types")}
          description={t("settings.acceptedHint")}
          {...form.getInputProps("accepted_attachment_types")}
        />
        <Group>
          <Button type="submit" loading={update.isPending}>
            {t("shell:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
