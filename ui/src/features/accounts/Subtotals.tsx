import classes from "../../kit/components/GroupHead.module.css";
import { formatMoney } from "../../kit/format";
import type { Subtotal } from "./lineGroups";

/** Currencies shown; the rest is only counted. */
const VISIBLE_CURRENCIES = 2;

/** The sums of a group by currency, with debts apart. */
export function Subtotals({ subtotals }: { subtotals: Subtotal[] }) {
  if (subtotals.length === 0) return null;
  const rest = subtotals.length - VISIBLE_CURRENCIES;
  return (
    <ul className={classes.subtotals} aria-label="Subtotals" data-testid="subtotals">
      {subtotals.slice(0, VISIBLE_CURRENCIES).map(({ currency, assets, debts, notReported }) => (
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
