import { Text } from "@mantine/core";
import type { DemoView } from "../../api/demo";
import { useDemoChange } from "../../data/demo";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { formatTime } from "../../kit/format";
import { useNow } from "../../kit/hooks/useNow";
import classes from "./Demo.module.css";
import { clockSteps, isAhead, spanWords } from "./words";

export function Clock({ view }: { view: DemoView }) {
  const change = useDemoChange();
  const now = useNow();
  return (
    <Section
      title="Clock"
      hint="Tokens and consents end after a time. Move the clock of the Demo’s bank forward rather than wait; this computer’s clock stays."
    >
      <Text size="sm" role="status" data-testid="demo-clock">
        There it is {formatTime(new Date(now + view.aheadSeconds * 1000).toISOString())}
        {isAhead(view) ? `, ${spanWords(view.aheadSeconds)} ahead.` : ", as here."}
      </Text>
      <div style={{ marginTop: 8 }}>
        {clockSteps.map(({ seconds, label, words }) => (
          <div className={classes.step} key={seconds}>
            <ActButton
              size="compact-sm"
              variant="default"
              onClick={() => change.run({ kind: "clock", advanceSeconds: seconds })}
              running={change.running && isStep(change.arg, seconds)}
              runningLabel="Moving…"
              disabled={change.running}
              aria-label={`Move the clock ${label} forward`}
              data-testid={`demo-clock-${seconds}`}
            >
              + {label}
            </ActButton>
            <Text size="sm" c="dimmed">
              {words}
            </Text>
          </div>
        ))}
      </div>
      <Text size="sm" c="dimmed" mt={6}>
        A clock does not go back: “Back to normal” sets it right.
      </Text>
      {change.problem ? <ProblemNotice problem={change.problem} /> : null}
    </Section>
  );
}

type DemoChange = ReturnType<typeof useDemoChange>["arg"];

const isStep = (change: DemoChange, seconds: number) =>
  change?.kind === "clock" && change.advanceSeconds === seconds;
