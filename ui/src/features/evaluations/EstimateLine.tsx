import { Text, UnstyledButton } from "@mantine/core";
import type { DebitMargin, Estimate } from "../../api/signal";
import { Age } from "../../kit/components/Age";
import { Amount } from "../../kit/components/Amount";
import { toUnits } from "../../kit/exact";
import { formatMoney } from "../../kit/format";
import classes from "./EstimateLine.module.css";

interface Props {
  estimate: Estimate;
  amount: string;
  onFill: (amount: string) => void;
}

const PLAIN_AMOUNT = /^\d+(\.\d{1,2})?$/;

/** Estimates how much could be debited, from stored readings and without a billed call. */
export function EstimateLine({ estimate, amount, onFill }: Props) {
  if (estimate.kind === "notForThisKind") return null;
  if (estimate.kind !== "known") {
    return (
      <Text size="xs" c="dimmed" mt={5} data-testid="evaluate-estimate">
        How much could be debited is not known:{" "}
        {estimate.kind === "notRead" ? (
          "no balance was read yet."
        ) : (
          <>
            balances not reported (<Age at={estimate.readAt} />
            ).
          </>
        )}
      </Text>
    );
  }
  const typed = amount.trim();
  const above =
    PLAIN_AMOUNT.test(typed) && (toUnits(typed, 2) ?? 0n) > (toUnits(estimate.amount, 2) ?? 0n);
  return (
    <div
      className={classes.estimate}
      data-above={above || undefined}
      data-testid="evaluate-estimate"
    >
      <Text size="xs" component="div">
        <span className={classes.mark}>Estimate</span> Up to{" "}
        <UnstyledButton
          className={classes.fill}
          onClick={() => onFill(estimate.amount)}
          title="Fill in this amount"
          aria-label={`Fill in ${formatMoney(estimate.amount, estimate.currency)}`}
          data-testid="evaluate-fill-estimate"
        >
          <Amount amount={estimate.amount} currency={estimate.currency} />
        </UnstyledButton>{" "}
        could be debited.
      </Text>
      <Text size="xs" c="dimmed" component="div">
        {estimate.basis === "available" ? "Available" : "Current"} balance{" "}
        <Amount amount={estimate.balance} currency={estimate.currency} />, read{" "}
        <Age at={estimate.readAt} />
        {marginWords(estimate.margin)}.
      </Text>
      {above ? (
        <Text size="xs" className={classes.above} role="status">
          This amount is above the estimate.
        </Text>
      ) : null}
    </div>
  );
}

/** ", less 10 % and $20.00". */
function marginWords({ percent, amount }: DebitMargin): string {
  const parts = [];
  if (Number(percent) !== 0) parts.push(`${percent} %`);
  if (Number(amount) !== 0) parts.push(formatMoney(amount, "USD"));
  return parts.length > 0 ? `, less your margin of ${parts.join(" and ")}` : ", without a margin";
}
