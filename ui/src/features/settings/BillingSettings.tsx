import { Checkbox, NumberInput, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMemo } from "react";
import type { SettingsView } from "../../api/settings";
import { useSaveSettings } from "../../data/settings";
import { problemAt } from "../../kit/components/problem";
import { Section } from "../../kit/components/Section";
import { SettingsForm } from "../../kit/components/SettingsForm";

const fields = ["confirmAboveCalls", "pricePerBalanceCall", "pricePerEvaluation", "priceCurrency"];

/** More calls than the desk accepts. */
const TOO_MANY = 4_294_967_295;

/** All currencies, always including the stored one. */
function useCurrencies(stored: string): string[] {
  return useMemo(
    () => [...new Set([stored, ...Intl.supportedValuesOf("currency")])].sort(),
    [stored],
  );
}

export function BillingSettings({ view: { settings } }: { view: SettingsView }) {
  const form = useForm({
    initialValues: {
      above: settings.confirmAboveCalls as number | string,
      balance: settings.pricePerBalanceCall ?? "",
      evaluation: settings.pricePerEvaluation ?? "",
      currency: settings.priceCurrency,
      onOpen: settings.refreshCachedOnOpen,
    },
  });
  const currencies = useCurrencies(settings.priceCurrency);
  const save = useSaveSettings();
  const { problem } = save;
  const submit = form.onSubmit((typed) =>
    save.run({
      ...settings,
      // The desk rejects an empty field or a huge number and names the field.
      confirmAboveCalls:
        typeof typed.above === "number" ? Math.min(typed.above, TOO_MANY) : TOO_MANY,
      pricePerBalanceCall: typed.balance.trim() || null,
      pricePerEvaluation: typed.evaluation.trim() || null,
      priceCurrency: typed.currency,
      refreshCachedOnOpen: typed.onOpen,
    }),
  );
  return (
    <Section
      title="Refreshing and cost"
      hint="Plaid bills live balances by Item and evaluations one by one. It does not tell its prices: enter those of your contract, and the cost is shown before and after."
    >
      <SettingsForm
        label="Refreshing and cost"
        save={save}
        fields={fields}
        onSubmit={submit}
        testId="settings-billing"
      >
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <NumberInput
            {...form.getInputProps("above")}
            label="Ask before a refresh of more than"
            description="Billed calls, one for each Item; 0: always"
            min={0}
            clampBehavior="none"
            allowDecimal={false}
            allowNegative={false}
            error={problemAt(problem, "confirmAboveCalls")}
            required
            data-testid="settings-confirm-above"
          />
          <Select
            {...form.getInputProps("currency")}
            label="Currency of your prices"
            description="As on Plaid's invoice"
            data={currencies}
            searchable
            allowDeselect={false}
            limit={60}
            error={problemAt(problem, "priceCurrency")}
            data-testid="settings-price-currency"
          />
          <TextInput
            {...form.getInputProps("balance")}
            label="Price of a live balance call"
            description="Leave empty when you do not know it"
            placeholder="0.10"
            inputMode="decimal"
            error={problemAt(problem, "pricePerBalanceCall")}
            data-testid="settings-price-balance"
          />
          <TextInput
            {...form.getInputProps("evaluation")}
            label="Price of an evaluation"
            description="Leave empty when you do not know it"
            placeholder="0.25"
            inputMode="decimal"
            error={problemAt(problem, "pricePerEvaluation")}
            data-testid="settings-price-evaluation"
          />
        </SimpleGrid>
        <Checkbox
          {...form.getInputProps("onOpen", { type: "checkbox" })}
          label="Read Plaid's stored balances when Balance Desk opens"
          description="Free, and marked as cached: they can be a day old or more. Live balances are only read when you ask for them."
          data-testid="settings-cached-on-open"
        />
      </SettingsForm>
    </Section>
  );
}
