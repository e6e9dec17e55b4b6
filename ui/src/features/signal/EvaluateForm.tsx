import { Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { AccountView, ItemView } from "../../bindings/items";
import { ActButton } from "../../components/ActButton";
import { Age } from "../../components/Age";
import { Amount } from "../../components/Amount";
import { Disclosure } from "../../components/Disclosure";
import { PageLink } from "../../components/PageLink";
import { ProblemNotice } from "../../components/ProblemNotice";
import { problemAt, problemBeside } from "../../components/problem";
import { accountTitle } from "../items/words";
import { useEvaluate } from "./evaluate";

const fields = ["accountId", "amount", "rulesetKey", "clientTransactionId"];

/** Accounts a debit can be evaluated from, under the person and institution they belong to. */
function grouped(items: ItemView[]) {
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

/** "Will this debit be returned?": account, amount, and what is rarely needed. */
export function EvaluateForm({ items }: { items: ItemView[] }) {
  const { draft, setDraft, ask, asking, problem } = useEvaluate();
  const [missing, setMissing] = useState(false);
  const accounts = new Map(
    items.flatMap((item) => item.accounts).map((account) => [account.accountId, account]),
  );
  const account = draft.accountId ? accounts.get(draft.accountId) : undefined;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const { accountId } = draft;
    setMissing(!accountId);
    if (!accountId) return;
    ask({
      accountId,
      amount: draft.amount,
      rulesetKey: draft.rulesetKey || null,
      clientTransactionId: draft.clientTransactionId || null,
      isRecurring: null,
      defaultPaymentMethod: null,
      clientUserId: null,
      user: null,
      device: null,
      purpose: null,
    });
  };
  const beside = problemBeside(problem, fields);
  const moreProblem = problem?.field === "rulesetKey" || problem?.field === "clientTransactionId";
  return (
    <form onSubmit={submit} noValidate aria-label="Evaluate a debit">
      <Stack gap="sm">
        <div>
          <Select
            label="Account to debit"
            placeholder="Choose a checking or savings account"
            data={grouped(items)}
            value={draft.accountId}
            onChange={(accountId) => setDraft({ accountId })}
            renderOption={({ option }) => <Option account={accounts.get(option.value)} />}
            error={
              missing && !draft.accountId ? "Choose an account." : problemAt(problem, "accountId")
            }
            required
            disabled={asking}
            allowDeselect={false}
            data-testid="evaluate-account"
          />
          {account ? (
            <Text size="xs" c="dimmed" mt={5} component="div">
              Available: <LastAvailable account={account} />
            </Text>
          ) : null}
        </div>
        <TextInput
          label="Amount"
          placeholder="0.00"
          value={draft.amount}
          onChange={(event) => setDraft({ amount: event.currentTarget.value })}
          inputMode="decimal"
          autoComplete="off"
          rightSection={
            <Text size="xs" c="dimmed">
              USD
            </Text>
          }
          rightSectionWidth={48}
          error={problemAt(problem, "amount")}
          required
          readOnly={asking}
          data-testid="evaluate-amount"
        />
        <Disclosure label="More" testId="evaluate-more" open={moreProblem}>
          <Stack gap="sm">
            <TextInput
              label="Ruleset key"
              description="Empty: the ruleset named default"
              value={draft.rulesetKey}
              onChange={(event) => setDraft({ rulesetKey: event.currentTarget.value })}
              autoComplete="off"
              spellCheck={false}
              error={problemAt(problem, "rulesetKey")}
              readOnly={asking}
              data-testid="evaluate-ruleset"
            />
            <PageLink url="https://dashboard.plaid.com/">
              Rulesets are made under Signal, Rules in the Plaid Dashboard
            </PageLink>
            <TextInput
              label="client_transaction_id"
              description="Your name for this debit, up to 36 characters. Empty: one is made"
              value={draft.clientTransactionId}
              onChange={(event) => setDraft({ clientTransactionId: event.currentTarget.value })}
              autoComplete="off"
              spellCheck={false}
              error={problemAt(problem, "clientTransactionId")}
              readOnly={asking}
              data-testid="evaluate-ctid"
            />
          </Stack>
        </Disclosure>
        {beside ? <ProblemNotice problem={beside} onRetry={() => submit()} /> : null}
        <Group gap="sm">
          <ActButton
            type="submit"
            running={asking}
            runningLabel="Asking…"
            disabled={asking}
            data-testid="evaluate-submit"
          >
            Evaluate
          </ActButton>
          <Text size="xs" c="dimmed" role="status" flex={1}>
            {asking
              ? "Asking the bank. This can take up to 30 seconds and cannot be called back."
              : "Plaid bills each evaluation in Production."}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

function Option({ account }: { account: AccountView | undefined }) {
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
