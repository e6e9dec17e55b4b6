import { Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import type { BatchView } from "../../api/batches";
import { commands } from "../../api/commands";
import { useBatchAct, useCheck } from "../../data/batches";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { Section } from "../../kit/components/Section";
import { SubmitRow } from "../../kit/components/SubmitRow";
import { count, formatMoney } from "../../kit/format";
import { useEnvironment } from "../../kit/navigation/environment";
import { useNavigation } from "../../kit/navigation/route";
import { paymentMethods } from "../../kit/words/decision";
import { importRequest, useImport } from "./importState";

/** Name, payment settings, and cost of the batch. */
export function SettingsStep() {
  const { state, change, clear } = useImport();
  const { go } = useNavigation();
  const billed = useEnvironment() === "production";
  const request = importRequest(state);
  const check = useCheck(request);
  const save = useBatchAct(
    () => {
      if (!request) throw new Error("There is nothing to import.");
      return commands.batchImport(request, {
        name: state.name,
        rulesetKey: state.rulesetKey.trim() || null,
        paymentMethod: state.paymentMethod,
        isRecurring: state.recurring === null ? null : state.recurring === "yes",
        errors: state.leaveOutErrors ? "leaveOut" : "refuse",
        warningsConfirmed: state.warningsConfirmed,
      });
    },
    (batch: BatchView) => {
      clear();
      go({ screen: "batches", batchId: batch.batchId });
    },
  );
  const { problem } = save;
  const beside = problemBeside(problem, ["name", "rulesetKey", "paymentMethod"]);
  const { ready = 0, total = "0", cost = null } = check.data ?? {};
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.run();
      }}
    >
      <Stack gap="md">
        <Section title="Name and terms">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" maw={720}>
            <TextInput
              label="Name"
              description="What the list of batches calls it."
              required
              value={state.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
              error={problemAt(problem, "name")}
              data-testid="batch-name"
            />
            <TextInput
              label="Ruleset"
              description="Its key in Plaid's Dashboard; empty for the one named default."
              value={state.rulesetKey}
              onChange={(event) => change({ rulesetKey: event.currentTarget.value })}
              error={problemAt(problem, "rulesetKey")}
              data-testid="batch-ruleset"
            />
            <Select
              label="Payment method"
              description="How the debits will be made."
              data={paymentMethods.filter(({ value }) => value !== "NEXT_DAY_ACH")}
              value={state.paymentMethod}
              onChange={(paymentMethod) => change({ paymentMethod })}
              placeholder="not said"
              clearable
              clearButtonProps={{ "aria-label": "No payment method" }}
              error={problemAt(problem, "paymentMethod")}
              data-testid="batch-method"
            />
            <Select
              label="Part of a series"
              description="Rents and instalments are."
              data={[
                { value: "yes", label: "Yes, recurring" },
                { value: "no", label: "No" },
              ]}
              value={state.recurring}
              onChange={(recurring) => change({ recurring })}
              placeholder="not said"
              clearable
              clearButtonProps={{ "aria-label": "Series: not said" }}
              data-testid="batch-recurring"
            />
          </SimpleGrid>
        </Section>
        <Section title="Cost">
          <Text size="sm" data-testid="batch-cost">
            {count(ready, "debit")} of {formatMoney(total, "USD")} in all.{" "}
            {billed
              ? `Plaid bills ${count(ready, "evaluation")} when you run the batch`
              : `In Production, Plaid would bill ${count(ready, "evaluation")} for running the batch`}
            {cost ? `: about ${formatMoney(cost.amount, cost.currency)}.` : "."}
          </Text>
          <Text size="xs" c="dimmed" mt={4}>
            Importing sends nothing and costs nothing. From then on each row has its
            client_transaction_id, so that it is never evaluated twice.
          </Text>
        </Section>
        {beside ? <ProblemNotice problem={beside} /> : null}
        <SubmitRow
          onCancel={undefined}
          running={save.running}
          runningLabel="Importing…"
          data-testid="batch-import"
        >
          Import {count(ready, "row")}
        </SubmitRow>
      </Stack>
    </form>
  );
}
