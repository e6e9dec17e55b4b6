import { CloseButton, Group, Progress, Text } from "@mantine/core";
import { type Pause, type Refresh, useRefresh } from "../../data/balances";
import { ActButton } from "../../kit/components/ActButton";
import { Age } from "../../kit/components/Age";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { formatLeft, formatRoughDuration } from "../../kit/format";
import { useNow } from "../../kit/hooks/useNow";
import classes from "./RefreshBar.module.css";
import { RefreshFailures } from "./RefreshFailures";
import { outcomeWords } from "./words";

/** Progress of the running refresh, or the result of the last one. */
export function RefreshBar() {
  const refresh = useRefresh();
  const { scope, outcome, problem, lastScope } = refresh;
  if (scope) return <RunningRefresh refresh={refresh} />;
  if (problem) {
    return (
      <div className={classes.below}>
        <ProblemNotice
          problem={problem}
          onRetry={lastScope ? () => refresh.run(lastScope) : undefined}
          onDismiss={refresh.dismissProblem}
        />
      </div>
    );
  }
  return (
    <div className={outcome ? classes.ended : undefined}>
      <Group gap={6} wrap="nowrap">
        <Text size="sm" c="dimmed" role="status" data-testid="refresh-outcome">
          {outcome ? outcomeWords(outcome) : ""}
        </Text>
        {outcome ? (
          <CloseButton
            size="sm"
            aria-label="Dismiss how the refresh ended"
            onClick={refresh.dismissOutcome}
          />
        ) : null}
      </Group>
      {outcome && outcome.failed.length > 0 ? <RefreshFailures failed={outcome.failed} /> : null}
    </div>
  );
}

function RunningRefresh({ refresh }: { refresh: Refresh }) {
  const { done, total, secondsLeft, pause } = refresh.progress;
  const share = total === 0 ? 0 : (done / total) * 100;
  return (
    <div className={classes.running} data-testid="refresh-running">
      <div className={classes.how}>
        <Group gap="0 8px">
          <Text size="sm" role="status" className="tabular">
            Asking for live balances: {done} of {total || "…"}.
          </Text>
          <Text size="sm" c="dimmed" className="tabular" data-testid="refresh-left">
            {secondsLeft === null ? "A bank can take 30 seconds." : leftWords(secondsLeft)}
          </Text>
        </Group>
        <Progress
          value={share}
          size="sm"
          mt={6}
          animated={pause?.kind !== "offline"}
          aria-label="Items refreshed"
        />
        {pause ? <PauseNotice pause={pause} /> : null}
      </div>
      <ActButton
        variant="default"
        onClick={refresh.cancel}
        running={refresh.cancelling}
        runningLabel="Cancelling…"
        data-testid="refresh-cancel"
      >
        Cancel
      </ActButton>
    </div>
  );
}

function leftWords(seconds: number): string {
  return seconds === 0
    ? "Nearly done."
    : `${formatRoughDuration(seconds)} left.`.replace(/^a/, "A");
}

function PauseNotice({ pause }: { pause: Pause }) {
  return (
    <Text size="xs" mt={6} className={classes.pause} role="status" data-testid="refresh-pause">
      {pause.kind === "offline" ? (
        <>
          Plaid has not been reached since <Age at={pause.since} />. It is tried again by itself,
          and the refresh goes on.
        </>
      ) : (
        <RateLimitWords until={pause.until} institutionName={pause.institutionName} />
      )}
    </Text>
  );
}

function RateLimitWords(props: { until: string; institutionName: string | null }) {
  const now = useNow();
  const wait = formatLeft(props.until, now);
  const long = wait ? ` (${wait})` : "";
  return props.institutionName
    ? `${props.institutionName} is asked too often at the moment and is asked again later${long}.`
    : `Waiting, so as not to ask more often than Plaid allows${long}.`;
}
