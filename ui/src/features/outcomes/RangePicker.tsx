import { SegmentedControl, TextInput } from "@mantine/core";
import type { OutcomesRange } from "../../api/outcomes";
import type { Problem } from "../../api/problem";
import classes from "./Outcomes.module.css";

type Kind = OutcomesRange["kind"];

const ranges: Array<{ value: Kind; label: string }> = [
  { value: "thisMonth", label: "This month" },
  { value: "last3Months", label: "3 months" },
  { value: "last12Months", label: "12 months" },
  { value: "all", label: "All" },
  { value: "own", label: "Own dates" },
];

interface Props {
  range: OutcomesRange;
  onRange: (range: OutcomesRange) => void;
  /** The days shown now: the start for the user's own range. */
  shown: { from: string; to: string } | undefined;
  problem: Problem | null;
}

export function RangePicker({ range, onRange, shown, problem }: Props) {
  const choose = (kind: Kind) =>
    onRange(kind === "own" ? { kind, from: shown?.from ?? "", to: shown?.to ?? "" } : { kind });
  const at = (field: string) => (problem?.field === field ? problem.message : null);
  return (
    <div className={classes.range}>
      <SegmentedControl
        size="sm"
        data={ranges}
        value={range.kind}
        onChange={(kind) => choose(kind as Kind)}
        aria-label="Which time"
        data-testid="outcomes-range"
      />
      {range.kind === "own" ? (
        <>
          <TextInput
            type="date"
            aria-label="First day"
            value={range.from}
            onChange={(event) => onRange({ ...range, from: event.currentTarget.value })}
            error={at("from")}
            data-testid="outcomes-from"
          />
          <TextInput
            type="date"
            aria-label="Last day"
            value={range.to}
            onChange={(event) => onRange({ ...range, to: event.currentTarget.value })}
            error={at("to")}
            data-testid="outcomes-to"
          />
        </>
      ) : null}
    </div>
  );
}
