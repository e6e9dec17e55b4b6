import {
  Autocomplete,
  type ComboboxItem,
  Group,
  MultiSelect,
  type OptionsFilter,
  Radio,
  Stack,
  Text,
} from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useId } from "react";
import type { PersonView } from "../../bindings/items";
import type { LinkRequest, LinkSessionView, Purpose } from "../../bindings/link";
import { ActButton } from "../../components/ActButton";
import { ProblemNotice } from "../../components/ProblemNotice";
import { problemAt, problemBeside } from "../../components/problem";
import type { Act } from "../../hooks/useAct";
import { usePeople } from "../items/useItems";
import classes from "./LinkForm.module.css";

export interface LinkDraft {
  purpose: Purpose;
  products: string[];
  personName: string;
}

interface Props {
  form: UseFormReturnType<LinkDraft>;
  start: Act<LinkRequest, LinkSessionView>;
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

/** The known person of exactly this name; a name nobody has makes a new one. */
function personFor(name: string, people: PersonView[]): LinkRequest["person"] {
  const known = people.find((person) => person.name === name.trim());
  return known ? { kind: "known", personId: known.personId } : { kind: "new", name };
}

/** Names to offer: what is typed within them, but not once a whole name stands there. */
const namesLike: OptionsFilter = ({ options, search }) => {
  const typed = search.trim().toLowerCase();
  return (options as ComboboxItem[]).filter(
    ({ label }) => label.toLowerCase() !== typed && label.toLowerCase().includes(typed),
  );
};

/** Asks what a bank is linked for and for whom, and opens the Link window. */
export function LinkForm({ form, start }: Props) {
  const people = usePeople();
  const purposeId = useId();
  const names = [...new Set((people.data ?? []).map((person) => person.name))];
  const { purpose, personName } = form.values;
  const known = names.includes(personName.trim());
  const { problem } = start;
  const beside = problemBeside(problem, ["products", "personName"]);
  const submit = form.onSubmit((draft) =>
    start.run({
      purpose: draft.purpose,
      products: draft.purpose === "balancesOnly" ? draft.products : [],
      person: personFor(draft.personName, people.data ?? []),
    }),
  );
  return (
    <form onSubmit={submit} noValidate aria-label="Link a bank">
      <Stack gap="md">
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
        <Autocomplete
          {...form.getInputProps("personName")}
          label="For whom?"
          description="The name stays on this computer. Plaid gets a random identifier."
          placeholder="A person's name"
          data={names}
          openOnFocus={false}
          filter={namesLike}
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
        {beside ? <ProblemNotice problem={beside} onRetry={() => submit()} /> : null}
        {people.error ? (
          <ProblemNotice problem={people.error} onRetry={() => void people.refetch()} />
        ) : null}
        <Group gap="sm">
          <ActButton
            type="submit"
            running={start.running}
            runningLabel="Opening…"
            data-testid="link-start"
          >
            Open Link
          </ActButton>
          <Text size="sm" c="dimmed" role="status">
            {start.running ? "Preparing the Link window…" : "Opens in a window of its own."}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
