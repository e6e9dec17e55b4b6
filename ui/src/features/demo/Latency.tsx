import { Group, NumberInput, SegmentedControl, Text } from "@mantine/core";
import { useState } from "react";
import type { DemoLatency } from "../../api/demo";
import { useDemoChange } from "../../data/demo";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { Section } from "../../kit/components/Section";
import { ScreenLink } from "./ScreenLink";

type Kind = DemoLatency["kind"];

const kinds: Array<{ value: Kind; label: string }> = [
  { value: "instant", label: "At once" },
  { value: "lifelike", label: "As in life" },
  { value: "fixed", label: "Always the same" },
];

/** The longest latency offered; longer than Balance Desk's timeout. */
const LONGEST_SECONDS = 120;

export function Latency({ latency }: { latency: DemoLatency }) {
  const change = useDemoChange();
  const [choosing, setChoosing] = useState(false);
  const [seconds, setSeconds] = useState<number | string>(
    latency.kind === "fixed" ? latency.millis / 1000 : 10,
  );
  const kind = choosing ? "fixed" : latency.kind;
  const set = (next: DemoLatency) => change.run({ kind: "latency", latency: next });
  const choose = (next: Kind) => {
    change.clear();
    setChoosing(next === "fixed");
    if (next !== "fixed") set({ kind: next });
  };
  const beside = problemBeside(change.problem, ["latency"]);
  return (
    <Section
      title="How long live balances take"
      hint="Plaid asks the bank while you wait: three seconds in the median, eleven for one reading in twenty, now and then half a minute. Balance Desk waits 90 seconds."
    >
      <SegmentedControl
        aria-label="How long live balances take"
        data={kinds}
        value={kind}
        onChange={(next) => choose(next as Kind)}
        data-testid="demo-latency"
      />
      {kind === "fixed" ? (
        <form
          noValidate
          aria-label="Seconds"
          onSubmit={(event) => {
            event.preventDefault();
            set({ kind: "fixed", millis: Math.round(Number(seconds) * 1000) });
          }}
        >
          <Group gap="sm" align="flex-start" mt="sm">
            <NumberInput
              aria-label="Seconds"
              suffix=" seconds"
              w={150}
              min={0}
              max={LONGEST_SECONDS}
              decimalScale={1}
              value={seconds}
              onChange={setSeconds}
              error={problemAt(change.problem, "latency")}
              data-testid="demo-latency-seconds"
            />
            <ActButton
              type="submit"
              variant="default"
              running={change.running}
              runningLabel="Setting…"
              data-testid="demo-latency-set"
            >
              Set
            </ActButton>
          </Group>
        </form>
      ) : null}
      {beside ? <ProblemNotice problem={beside} /> : null}
      <Text size="sm" c="dimmed" mt="sm">
        Seen in <ScreenLink screen="accounts">Accounts</ScreenLink>, with Refresh. This choice and
        the state of Items are kept when the Demo is started again; all else on this page is not.
      </Text>
    </Section>
  );
}
