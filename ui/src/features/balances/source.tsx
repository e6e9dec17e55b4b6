import { Tooltip } from "@mantine/core";
import type { ReadingSource, ReadingView } from "../../bindings/balances";
import { Age } from "../../components/Age";
import { formatExactTime } from "../../format";
import classes from "./source.module.css";

const explained: Record<ReadingSource, string> = {
  live: "Asked of the bank when it was read",
  cached: "Plaid's stored balance: fresh right after linking, later a day old or more",
  signal: "The balance an evaluation was made with",
};

/** Where a reading came from and how old it is. */
export function Source({ reading }: { reading: ReadingView }) {
  const bankTime = reading.lastUpdatedAt
    ? `. The bank last updated it ${formatExactTime(reading.lastUpdatedAt)}`
    : "";
  return (
    <span className={classes.source}>
      <Tooltip label={explained[reading.source] + bankTime} multiline maw={280}>
        <span className={classes.word} data-source={reading.source} data-testid="reading-source">
          {reading.source}
        </span>
      </Tooltip>
      <span className={classes.age}>
        <Age at={reading.readAt} />
      </span>
    </span>
  );
}
