import { Text, UnstyledButton } from "@mantine/core";
import { IconChartLine } from "@tabler/icons-react";
import type { CurrencyTotal } from "../../api/balances";
import { count, formatMoney } from "../../kit/format";
import { useAccountPanel } from "../../kit/navigation/accountPanel";
import classes from "./Totals.module.css";

/** Sums of the newest readings, one panel per currency, with assets and debts apart. */
export function Totals({ totals }: { totals: CurrencyTotal[] }) {
  const { openTotal } = useAccountPanel();
  return (
    <ul className={classes.totals} aria-label="Totals per currency">
      {totals.map((total) => (
        <li key={total.currency} className={classes.total} data-testid="total">
          <UnstyledButton
            className={classes.currency}
            onClick={() => openTotal(total.currency)}
            aria-label={`${total.currency}: how the total moved`}
            data-testid="total-history"
          >
            {total.currency}
            <IconChartLine size={15} aria-hidden />
          </UnstyledButton>
          <TotalAmount label="Assets" amount={total.assets} currency={total.currency} />
          <TotalAmount label="Debts" amount={total.debts} currency={total.currency} />
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

function TotalAmount({
  label,
  amount,
  currency,
}: {
  label: string;
  amount: string;
  currency: string;
}) {
  return (
    <div>
      <div className={classes.label}>{label}</div>
      <div className={classes.figure}>{formatMoney(amount, currency)}</div>
    </div>
  );
}
