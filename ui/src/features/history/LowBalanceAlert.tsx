import { Button, Group, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { AccountRow, LowBalance } from "../../api/accounts";
import { useAccountActs } from "../../data/accounts";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { formatExactTime, formatMoney } from "../../kit/format";

/** Sets or removes the low-balance alert. */
export function LowBalanceAlert({ row }: { row: AccountRow }) {
  const { threshold: act } = useAccountActs(row.accountId);
  const [typed, setTyped] = useState(row.lowBalance?.threshold ?? "");
  const currency = row.reading?.currency;
  const mark = row.lowBalance;
  const beside = problemBeside(act.problem, ["threshold"]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.run(typed.trim() || null);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group gap="xs" align="flex-end">
        <TextInput
          size="xs"
          label={`Low below${currency ? `, in ${currency}` : ""}`}
          placeholder="500"
          inputMode="decimal"
          value={typed}
          onChange={(event) => {
            act.clear();
            setTyped(event.currentTarget.value);
          }}
          error={problemAt(act.problem, "threshold")}
          w={150}
          data-testid="mark-threshold"
        />
        <ActButton
          size="xs"
          type="submit"
          variant="default"
          running={act.running}
          runningLabel="Saving…"
          disabled={typed.trim() === (mark?.threshold ?? "")}
          data-testid="mark-save"
        >
          Save
        </ActButton>
        {mark ? (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            onClick={() => act.run(null)}
            data-testid="mark-remove"
          >
            Remove
          </Button>
        ) : null}
      </Group>
      <Text size="xs" c="dimmed" mt={8} role="status" data-testid="mark-words">
        {mark
          ? alertWords(mark, currency)
          : "Crossing it is shown in the list and said by the desktop."}
      </Text>
      {beside ? <ProblemNotice problem={beside} /> : null}
    </form>
  );
}

function alertWords(mark: LowBalance, currency: string | undefined): string {
  const amount = formatMoney(mark.threshold, mark.currency);
  if (currency !== undefined && mark.currency !== currency) {
    return `The mark is ${amount}, and the account is in ${currency} now: they are not compared.`;
  }
  if (mark.belowSince) return `Below ${amount} since ${formatExactTime(mark.belowSince)}.`;
  const counted = {
    available: `The available balance is not below ${amount}.`,
    current: `The current balance is not below ${amount}; the bank reports no available one.`,
    nothing: "The last reading reports nothing that could be compared.",
  };
  return counted[mark.counts];
}
