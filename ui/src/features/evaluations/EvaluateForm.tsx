import { Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { type ComponentType, type FormEvent, useState } from "react";
import type { AccountView, ItemView } from "../../api/items";
import { useFacts } from "../../data/evaluations";
import { ActButton } from "../../kit/components/ActButton";
import { Age } from "../../kit/components/Age";
import { Amount } from "../../kit/components/Amount";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { Unit } from "../../kit/components/Unit";
import { accountTitle } from "../../kit/words/account";
import { EstimateLine } from "./EstimateLine";
import { EvaluateDetails } from "./EvaluateDetails";
import { deviceFields, evaluateRequest, moreFields, useEvaluate, userFields } from "./evaluate";

const fields: string[] = [
  "accountId",
  "amount",
  "purpose",
  ...moreFields,
  ...userFields,
  ...deviceFields,
];

/** Options drawn of a long list; typing finds the others. */
const MOST_OPTIONS = 100;

/** Accounts that can be evaluated, by customer and institution. */
function accountOptions(items: ItemView[]) {
  const groups = new Map<string, Array<{ value: string; label: string }>>();
  for (const item of items) {
    const name = `${item.person.name} – ${item.institutionName}`;
    const group = groups.get(name) ?? [];
    for (const account of item.accounts) {
      if (account.canEvaluate) {
        group.push({ value: account.accountId, label: accountTitle(account) });
      }
    }
    if (group.length > 0) groups.set(name, group);
  }
  return [...groups].map(([group, accounts]) => ({ group, items: accounts }));
}

interface Props {
  items: ItemView[];
  /** A note about the account to read before debiting it. */
  AccountNote: ComponentType<{ accountId: string | null }>;
}

export function EvaluateForm({ items, AccountNote }: Props) {
  const { draft, setDraft, evaluate, evaluating, problem } = useEvaluate();
  const [missing, setMissing] = useState(false);
  const facts = useFacts(draft.accountId);
  const accounts = new Map(
    items.flatMap((item) => item.accounts).map((account) => [account.accountId, account]),
  );
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const { accountId } = draft;
    setMissing(!accountId);
    if (accountId) evaluate(evaluateRequest(draft, accountId));
  };
  const beside = problemBeside(problem, fields);
  return (
    <form onSubmit={submit} noValidate aria-label="Evaluate a debit">
      <Stack gap="sm">
        <Select
          label="Account to debit"
          placeholder="Choose a checking or savings account"
          data={accountOptions(items)}
          value={draft.accountId}
          onChange={(accountId) => setDraft({ accountId })}
          renderOption={({ option }) => <AccountOption account={accounts.get(option.value)} />}
          error={
            missing && !draft.accountId ? "Choose an account." : problemAt(problem, "accountId")
          }
          required
          disabled={evaluating}
          allowDeselect={false}
          searchable
          limit={MOST_OPTIONS}
          nothingFoundMessage="No account of this name"
          data-testid="evaluate-account"
        />
        <div>
          <TextInput
            label="Amount"
            placeholder="0.00"
            value={draft.amount}
            onChange={(event) => setDraft({ amount: event.currentTarget.value })}
            inputMode="decimal"
            autoComplete="off"
            rightSection={<Unit>USD</Unit>}
            rightSectionWidth={48}
            error={problemAt(problem, "amount")}
            required
            readOnly={evaluating}
            data-testid="evaluate-amount"
          />
          <AccountNote accountId={draft.accountId} />
          {facts.data && draft.accountId ? (
            <EstimateLine
              estimate={facts.data.estimate}
              amount={draft.amount}
              onFill={(amount) => setDraft({ amount })}
            />
          ) : null}
        </div>
        <TextInput
          label="Purpose or reference"
          description="For you, to find it again. Plaid does not get it"
          placeholder="Rent December"
          value={draft.purpose}
          onChange={(event) => setDraft({ purpose: event.currentTarget.value })}
          autoComplete="off"
          error={problemAt(problem, "purpose")}
          readOnly={evaluating}
          data-testid="evaluate-purpose"
        />
        <EvaluateDetails facts={facts.data} />
        <ClockNotice behind={facts.data?.clockBehindSeconds ?? null} />
        {beside ? <ProblemNotice problem={beside} onRetry={() => submit()} /> : null}
        <Group gap="sm">
          <ActButton
            type="submit"
            running={evaluating}
            runningLabel="Asking…"
            disabled={evaluating}
            data-testid="evaluate-submit"
          >
            Evaluate
          </ActButton>
          <Text size="xs" c="dimmed" flex={1}>
            Plaid bills each evaluation in Production.
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

/** A wrong clock puts wrong dates into the records; nothing sent to Plaid depends on it. */
function ClockNotice({ behind }: { behind: number | null }) {
  if (behind === null) return null;
  const minutes = Math.round(Math.abs(behind) / 60);
  const off = minutes < 120 ? `${minutes} minutes` : `about ${Math.round(minutes / 60)} hours`;
  return (
    <Text size="xs" c="var(--desk-care)" role="status" data-testid="evaluate-clock">
      The clock of this computer is {off} {behind > 0 ? "behind" : "ahead of"} Plaid's: what is
      dated here is off by as much. Evaluations and reports do not depend on it.
    </Text>
  );
}

function AccountOption({ account }: { account: AccountView | undefined }) {
  if (!account) return null;
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm" w="100%">
      <span className="breakable">{accountTitle(account)}</span>
      <Text span size="xs" c="dimmed" ta="right" style={{ flex: "none" }}>
        <LastAvailable account={account} />
      </Text>
    </Group>
  );
}

function LastAvailable({ account }: { account: AccountView }) {
  const { reading } = account;
  if (!reading) return <>not read yet</>;
  return (
    <>
      <Amount
        amount={reading.available}
        currency={reading.currency}
        unofficial={reading.unofficialCurrency}
      />
      , <Age at={reading.readAt} />
    </>
  );
}
