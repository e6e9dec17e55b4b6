import { Text } from "@mantine/core";
import type { EvaluationAnswer } from "../../api/signal";
import { Amount } from "../../kit/components/Amount";
import { decimalsOf, fromUnits, toUnits } from "../../kit/exact";
import { formatMoney } from "../../kit/format";
import classes from "./BalancePicture.module.css";

interface Props {
  amount: string;
  currency: string;
  answer: EvaluationAnswer;
}

interface Bar {
  name: string;
  amount: string | null;
  kind: "amount" | "available" | "current";
}

/** Draws the balances and the debit to one scale, with exact amounts beside them. */
export function BalancePicture({ amount, currency, answer }: Props) {
  const bars: Bar[] = [
    { name: "This debit", amount, kind: "amount" },
    { name: "Available", amount: answer.availableBalance, kind: "available" },
    { name: "Current", amount: answer.currentBalance, kind: "current" },
  ];
  const largest = Math.max(...bars.map((bar) => Number(bar.amount ?? 0)), 0);
  const mark = largest > 0 ? (Number(amount) / largest) * 100 : 0;
  return (
    <div data-testid="evaluation-balances">
      <Text size="sm" fw={550} mb={6}>
        {comparison(amount, currency, answer)}
      </Text>
      <div className={classes.picture} style={{ "--mark": `${mark}%` } as React.CSSProperties}>
        {bars.map((bar) => (
          <div key={bar.kind} className={classes.line}>
            <span className={classes.name}>{bar.name}</span>
            <span className={classes.track} aria-hidden>
              <span
                className={classes.bar}
                data-kind={bar.kind}
                style={{ width: `${barWidth(bar.amount, largest)}%` }}
              />
            </span>
            <span className={classes.figure}>
              <Amount amount={bar.amount} currency={currency} />
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

/** Bar width in percent: at least visible when positive, and 0 for a negative balance. */
function barWidth(amount: string | null, largest: number): number {
  const value = Number(amount ?? 0);
  if (value <= 0 || largest <= 0) return 0;
  return Math.max(0.5, (value / largest) * 100);
}

/** "The available balance covers it and leaves $20.00." */
function comparison(amount: string, currency: string, answer: EvaluationAnswer): string {
  const [which, balance] =
    answer.availableBalance === null
      ? (["current", answer.currentBalance] as const)
      : (["available", answer.availableBalance] as const);
  if (balance === null) return "No balance was reported, so the amount cannot be held against one.";
  const decimals = Math.max(decimalsOf(balance), decimalsOf(amount));
  const left = (toUnits(balance, decimals) ?? 0n) - (toUnits(amount, decimals) ?? 0n);
  if (left >= 0n) {
    const rest = formatMoney(fromUnits(left, decimals), currency);
    return `The ${which} balance covers this debit and leaves ${rest}.`;
  }
  const missing = formatMoney(fromUnits(-left, decimals), currency);
  return `The ${which} balance is ${missing} short of this debit.`;
}
