import { SegmentedControl, Text } from "@mantine/core";
import type { DemoLimits } from "../../api/demo";
import { useDemoChange } from "../../data/demo";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { ScreenLink } from "./ScreenLink";
import { limitWords } from "./words";

const choices = (Object.keys(limitWords) as DemoLimits[]).map((value) => ({
  value,
  label: limitWords[value].label,
}));

/** Which of Plaid's rate limits the Demo's bank enforces. */
export function Limits({ limits }: { limits: DemoLimits }) {
  const change = useDemoChange();
  return (
    <Section
      title="Rate limits"
      hint="Plaid answers RATE_LIMIT_EXCEEDED to more than so many calls a minute."
    >
      <SegmentedControl
        aria-label="Rate limits"
        data={choices}
        value={limits}
        onChange={(next) => change.run({ kind: "limits", limits: next as DemoLimits })}
        data-testid="demo-limits"
      />
      <Text size="sm" c="dimmed" mt="sm">
        {limitWords[limits].words} Seen in <ScreenLink screen="accounts">Accounts</ScreenLink>, with
        Refresh.
      </Text>
      {change.problem ? <ProblemNotice problem={change.problem} /> : null}
    </Section>
  );
}
