import {
  Autocomplete,
  type ComboboxItem,
  Group,
  MultiSelect,
  type OptionsFilter,
  Radio,
  Text,
} from "@mantine/core";
import { useId } from "react";
import type { Purpose } from "../../api/link";
import type { Problem } from "../../api/problem";
import { usePeople } from "../../data/items";
import type { LinkDraftForm } from "../../data/linkDraft";
import { problemAt } from "../../kit/components/problem";
import classes from "./LinkForm.module.css";

interface Props {
  form: LinkDraftForm;
  problem: Problem | null;
}

const purposes: Array<{ purpose: Purpose; title: string; words: string }> = [
  {
    purpose: "achRisk",
    title: "ACH risk",
    words:
      "See balances and ask before each debit whether it is likely to be returned. Uses Plaid's products signal and auth.",
  },
  {
    purpose: "balancesOnly",
    title: "Balances only",
    words: "See real-time balances, without evaluating debits.",
  },
];

const products = [
  { value: "auth", label: "Auth (account and routing numbers)" },
  { value: "transactions", label: "Transactions" },
  { value: "identity", label: "Identity" },
  { value: "assets", label: "Assets" },
  { value: "investments", label: "Investments" },
  { value: "liabilities", label: "Liabilities" },
];

/** Offers customers that match the typed text, but not once it is a complete name. */
const suggestNames: OptionsFilter = ({ options, search }) => {
  const typed = search.trim().toLowerCase();
  return (options as ComboboxItem[]).filter(
    ({ label }) => label.toLowerCase() !== typed && label.toLowerCase().includes(typed),
  );
};

/** The purpose of a new bank connection, and its customer. */
export function BankFields({ form, problem }: Props) {
  const purposeId = useId();
  const { purpose } = form.values;
  return (
    <>
      <Radio.Group
        value={purpose}
        onChange={(chosen) => form.setFieldValue("purpose", chosen as Purpose)}
        label="What is it for?"
      >
        <div className={classes.purposes}>
          {purposes.map((option) => (
            <Radio.Card
              key={option.purpose}
              value={option.purpose}
              className={classes.purpose}
              aria-labelledby={`${purposeId}-${option.purpose}`}
              aria-describedby={`${purposeId}-${option.purpose}-words`}
              data-testid={`link-purpose-${option.purpose}`}
            >
              <Group gap="sm" wrap="nowrap" align="flex-start">
                <Radio.Indicator mt={2} />
                <div>
                  <Text size="sm" fw={600} id={`${purposeId}-${option.purpose}`}>
                    {option.title}
                  </Text>
                  <Text size="xs" c="dimmed" id={`${purposeId}-${option.purpose}-words`}>
                    {option.words}
                  </Text>
                </div>
              </Group>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      {purpose === "balancesOnly" ? (
        <MultiSelect
          {...form.getInputProps("products")}
          label="Plaid products"
          description="Balances come with any of them. Banks that lack one you choose cannot be linked."
          data={products}
          error={form.errors.products ?? problemAt(problem, "products")}
          required
          data-testid="link-products"
        />
      ) : null}
      <PersonField form={form} problem={problem} />
    </>
  );
}

function PersonField({ form, problem }: Props) {
  const people = usePeople();
  const names = [...new Set((people.data ?? []).map((person) => person.name))];
  const { personName } = form.values;
  const known = names.includes(personName.trim());
  return (
    <>
      <Autocomplete
        {...form.getInputProps("personName")}
        label="For whom?"
        description="The name stays on this computer. Plaid gets a random identifier."
        placeholder="A person's name"
        data={names}
        openOnFocus={false}
        filter={suggestNames}
        error={form.errors.personName ?? problemAt(problem, "personName")}
        required
        autoComplete="off"
        data-autofocus
        data-testid="link-person-name"
      />
      {names.length > 0 && personName.trim() !== "" ? (
        <Text size="xs" c="dimmed" mt={-8} role="status">
          {known ? "Someone you have linked a bank for before." : "A new person."}
        </Text>
      ) : null}
    </>
  );
}
