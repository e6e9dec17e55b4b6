import { Text } from "@mantine/core";
import type { Rate } from "../../api/outcomes";
import classes from "./Outcomes.module.css";
import { fewWords, percentWords } from "./words";

/** A rate, with a note when it rests on few debits. */
export function RatePart({ rate, most }: { rate: Rate; most?: number }) {
  const few = fewWords(rate);
  const share = most ? Math.min(100, (Number(rate.percent ?? 0) / most) * 100) : null;
  return (
    <span className={classes.rate} data-few={few ? true : undefined} title={few ?? undefined}>
      {share === null ? null : (
        <span className={classes.bar} aria-hidden>
          <span style={{ width: `${share}%` }} />
        </span>
      )}
      <span className="tabular">{percentWords(rate)}</span>
      {few ? (
        <Text span size="xs" c="dimmed" className={classes.few}>
          {" "}
          ({rate.whole}: few)
          <span className="visuallyHidden">, {few}</span>
        </Text>
      ) : null}
    </span>
  );
}
