import { MultiSelect, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { SettingsView } from "../../api/settings";
import { useSaveSettings } from "../../data/settings";
import { problemAt } from "../../kit/components/problem";
import { Section } from "../../kit/components/Section";
import { SettingsForm } from "../../kit/components/SettingsForm";

/** Plaid shows a longer name as "This Application". */
const LONGEST_APP_NAME = 30;

const fields = ["appName", "language", "countryCodes", "redirectUri", "webhook"];

export function LinkSettings({ view }: { view: SettingsView }) {
  const { settings, languages, countries } = view;
  const form = useForm({
    initialValues: {
      appName: settings.appName,
      language: settings.language,
      countryCodes: settings.countryCodes,
      redirectUri: settings.redirectUri ?? "",
      webhook: settings.webhook ?? "",
    },
  });
  const save = useSaveSettings();
  const { problem } = save;
  const submit = form.onSubmit((typed) =>
    save.run({
      // Keeps the other sections' settings as stored.
      ...settings,
      appName: typed.appName,
      language: typed.language,
      countryCodes: typed.countryCodes,
      redirectUri: typed.redirectUri.trim() || null,
      webhook: typed.webhook.trim() || null,
    }),
  );
  const length = [...form.values.appName].length;
  return (
    <Section title="Link" hint="What people see when they link a bank in this environment.">
      <SettingsForm
        label="Link settings"
        save={save}
        fields={fields}
        onSubmit={submit}
        testId="settings"
      >
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            {...form.getInputProps("appName")}
            label="App name shown in Link"
            description={
              <span className="tabular">
                {length} of {LONGEST_APP_NAME} characters
                {length > LONGEST_APP_NAME ? ": too long, Plaid would show another name" : ""}
              </span>
            }
            error={problemAt(problem, "appName")}
            required
            data-testid="settings-app-name"
          />
          <Select
            {...form.getInputProps("language")}
            label="Language"
            description="Of the Link window"
            data={languages.map(({ code, name }) => ({ value: code, label: name }))}
            allowDeselect={false}
            error={problemAt(problem, "language")}
            required
            data-testid="settings-language"
          />
        </SimpleGrid>
        <MultiSelect
          {...form.getInputProps("countryCodes")}
          label="Countries"
          description="Banks of these countries can be chosen"
          data={countries.map(({ code, name }) => ({ value: code, label: name }))}
          searchable
          error={problemAt(problem, "countryCodes")}
          required
          data-testid="settings-countries"
        />
        <TextInput
          {...form.getInputProps("redirectUri")}
          label="Redirect URI"
          description="Only for Link customizations that require one; https, registered in the Plaid Dashboard. This version opens banks in a window of their own and needs none"
          placeholder="None"
          spellCheck={false}
          error={problemAt(problem, "redirectUri")}
          data-testid="settings-redirect-uri"
        />
        <TextInput
          {...form.getInputProps("webhook")}
          label="Webhook"
          description="An https address that Plaid calls when an Item changes"
          placeholder="None"
          spellCheck={false}
          error={problemAt(problem, "webhook")}
          data-testid="settings-webhook"
        />
      </SettingsForm>
    </Section>
  );
}
