import classes from "../../kit/components/GroupHead.module.css";
import { formatMoney } from "../../kit/format";
import type { Subtotal } from "./shown";

/** Currencies shown before the rest is only counted. */
const FEW = 2;

/** What a group comes to, currency by currency; what is owed stands apart. */
export function Subtotals({ subtotals }: { subtotals: Subtotal[] }) {
  if (subtotals.length === 0) return null;
  const rest = subtotals.length - FEW;
  return (
    <ul className={classes.subtotals} aria-label="Subtotals" data-testid="subtotals">
      {subtotals.slice(0, FEW).map(({ currency, assets, debts, notReported }) => (
        <li key={currency}>
          {assets === null ? null : (
            <span className={classes.sum}>{formatMoney(assets, currency)}</span>
          )}
          {debts === null ? null : (
            <span className={classes.sum} data-side="debts">
              owed {formatMoney(debts, currency)}
            </span>
          )}
          {notReported > 0 ? (
            <span className={classes.faint}>
              {notReported} in {currency} not reported
            </span>
          ) : null}
        </li>
      ))}
      {rest > 0 ? <li className={classes.faint}>{rest} more currencies</li> : null}
    </ul>
  );
}
