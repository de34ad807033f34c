import { Button, Group, NumberInput, Stack, TagsInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useTheirs } from "@/shell/useTheirs";
import { Answer } from "@/shell/Answer";
import { toastDone } from "@/shell/toast";
import { Trouble } from "@/shell/Trouble";
import { fieldErrors } from "@/shell/trouble";
import { useChooseSettings } from "./commands";
import { type Settings, settings } from "./queries";

const NUMBERS = [
  ["escalation_hours", 1, 8760],
  ["auto_close_days", 1, 3650],
  ["reopen_window_days", 0, 3650],
  ["ticket_creation_per_hour", 1, 100_000],
] as const;

/** How tickets are looked after. */
export function DeskSettings() {
  const found = useQuery(settings);
  return <Answer of={found}>{(now) => <Form now={now} />}</Answer>;
}

function Form({ now }: { readonly now: Settings }) {
  const { t } = useTranslation(["admin", "shell"]);
  const choose = useChooseSettings(now.version);
  const { version, ...chosen } = now;
  const form = useForm({ mode: "controlled", initialValues: chosen });
  const saved = useTheirs(form, version, chosen);
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        choose.mutate(values, {
          onSuccess: () => {
            saved(values);
            toastDone(t("shell:saved"));
          },
          onError: (error) => {
            form.setErrors(fieldErrors(error));
          },
        });
      })}
    >
      <Stack maw={480}>
        <Trouble error={choose.error} />
        {NUMBERS.map(([name, min, max]) => (
          <NumberInput
            key={name}
            label={t(`settings.${name}`)}
            min={min}
            max={max}
            allowDecimal={false}
            {...form.getInputProps(name)}
          />
        ))}
        <TagsInput
          label={t("settings.refused_attachment_types")}
          description={t("settings.refusedHint")}
          {...form.getInputProps("refused_attachment_types")}
        />
        <Group>
          <Button type="submit" loading={choose.isPending}>
            {t("shell:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
