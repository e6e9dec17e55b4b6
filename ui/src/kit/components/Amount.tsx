import { formatMoney } from "../format";

interface Props {
  /** Exact decimal; null for "not reported". */
  amount: string | null;
  currency: string | null;
  unofficial?: boolean;
  /** Name of a missing amount, for screen readers. */
  label?: string;
}

export function Amount({ amount, currency, unofficial = false, label }: Props) {
  if (amount === null) {
    return (
      <span className="notReported" data-testid="amount-not-reported">
        {label ? <span className="visuallyHidden">{label} </span> : null}
        not reported
      </span>
    );
  }
  return <span className="figure">{formatMoney(amount, currency, unofficial)}</span>;
}
