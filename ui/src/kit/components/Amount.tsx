import { formatMoney } from "../format";

interface Props {
  /** Exact decimal text; null means "not reported". */
  amount: string | null;
  currency: string | null;
  unofficial?: boolean;
  /** What is not reported, for those who hear the row and do not see its column. */
  label?: string;
}

/** One amount with its currency, or the words "not reported". */
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
