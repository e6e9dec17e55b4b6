import { NumberInput, Select, SimpleGrid } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { SettingsView } from "../../api/settings";
import { useSaveSettings } from "../../data/settings";
import { problemAt } from "../../kit/components/problem";
import { Section } from "../../kit/components/Section";
import { SettingsForm } from "../../kit/components/SettingsForm";
import { count } from "../../kit/format";

/** Offered hours between checks; a stored value not listed here is offered too. */
const USUAL_HOURS = [1, 3, 6, 12, 24, 72, 168];
const NEVER = "never";

const fields = ["healthCheckHours", "consentNoticeDays"];

function hoursWords(hours: number): string {
  if (hours === 1) return "Every hour";
  if (hours === 24) return "Every day";
  if (hours === 168) return "Every week";
  return hours % 24 === 0 ? `Every ${count(hours / 24, "day")}` : `Every ${count(hours, "hour")}`;
}

export function HealthSettings({ view: { settings } }: { view: SettingsView }) {
  const { healthCheckHours, consentNoticeDays } = settings;
  const form = useForm({
    initialValues: {
      hours: healthCheckHours === null ? NEVER : String(healthCheckHours),
      days: consentNoticeDays as number | string,
    },
  });
  const save = useSaveSettings();
  const { problem } = save;
  const submit = form.onSubmit(({ hours, days }) =>
    save.run({
      ...settings,
      healthCheckHours: hours === NEVER ? null : Number(hours),
      // The desk rejects an empty field and names it.
      consentNoticeDays: typeof days === "number" ? days : 0,
    }),
  );
  const offered = [...new Set([...USUAL_HOURS, healthCheckHours ?? 24])].sort((a, b) => a - b);
  return (
    <Section
      title="Connections"
      hint="Plaid is asked how each linked bank is while Balance Desk is open. It costs nothing and reads no balances."
    >
      <SettingsForm
        label="Connection settings"
        save={save}
        fields={fields}
        onSubmit={submit}
        testId="settings-health"
      >
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <Select
            {...form.getInputProps("hours")}
            label="Check linked banks"
            description="And at once whenever a call has failed"
            data={[
              ...offered.map((hours) => ({ value: String(hours), label: hoursWords(hours) })),
              { value: NEVER, label: "Only when a call has failed" },
            ]}
            allowDeselect={false}
            error={problemAt(problem, "healthCheckHours")}
            required
            data-testid="settings-health-hours"
          />
          <NumberInput
            {...form.getInputProps("days")}
            label="Say that a consent ends"
            description="Days before it does, 1 to 90"
            min={1}
            max={90}
            clampBehavior="none"
            allowDecimal={false}
            allowNegative={false}
            error={problemAt(problem, "consentNoticeDays")}
            required
            data-testid="settings-consent-days"
          />
        </SimpleGrid>
      </SettingsForm>
    </Section>
  );
}
