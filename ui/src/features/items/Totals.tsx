import { Text } from "@mantine/core";
import type { CurrencyTotal } from "../../bindings/balances";
import { count, formatMoney } from "../../format";
import classes from "./Totals.module.css";

/** Sums of the newest readings, one panel per currency; assets and debts stay apart. */
export function Totals({ totals }: { totals: CurrencyTotal[] }) {
  return (
    <ul className={classes.totals} aria-label="Totals per currency">
      {totals.map((total) => (
        <li key={total.currency} className={classes.total} data-testid="total">
          <Text size="sm" fw={650} className={classes.currency}>
            {total.currency}
          </Text>
          <Figure label="Assets" amount={total.assets} currency={total.currency} />
          <Figure label="Debts" amount={total.debts} currency={total.currency} />
          {total.notReported > 0 ? (
            <Text size="xs" c="dimmed" className={classes.missing}>
              Without {count(total.notReported, "account")} whose balance is not reported
            </Text>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Figure({ label, amount, currency }: { label: string; amount: string; currency: string }) {
  return (
    <div>
      <div className={classes.label}>{label}</div>
      <div className={classes.figure}>{formatMoney(amount, currency)}</div>
    </div>
  );
}
