import { UnstyledButton } from "@mantine/core";
import type { ActivityFilter } from "../../api/activity";
import { formatCount } from "../../kit/format";
import { useNavigation } from "../../kit/navigation/route";
import classes from "./Outcomes.module.css";

interface Props {
  number: number;
  /** The rows that the number counts. */
  filter: Partial<ActivityFilter>;
  /** The accessible description of the count: "returned in November 2026". */
  what: string;
  testId?: string;
}

/** A number that links to the rows it counts. */
export function CountLink({ number, filter, what, testId }: Props) {
  const { go } = useNavigation();
  const text = formatCount(number);
  if (number === 0) return <span className={classes.zero}>{text}</span>;
  return (
    <UnstyledButton
      className={classes.behind}
      onClick={() => go({ screen: "activity", filter })}
      aria-label={`${text} ${what}: show them`}
      data-testid={testId}
    >
      {text}
    </UnstyledButton>
  );
}
