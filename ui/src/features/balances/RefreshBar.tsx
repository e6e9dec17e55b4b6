import { Group, Progress, Text } from "@mantine/core";
import { ActButton } from "../../components/ActButton";
import { ProblemNotice } from "../../components/ProblemNotice";
import { count } from "../../format";
import { useRefresh } from "./refresh";

/** How far the refresh is, how to stop it, and how the last one ended. */
export function RefreshBar() {
  const refresh = useRefresh();
  const { scope, progress, outcome, problem, lastScope } = refresh;
  if (scope) {
    const share = progress.total === 0 ? 0 : (progress.done / progress.total) * 100;
    return (
      <div className="panel" style={{ padding: "10px 14px", marginBottom: 16 }}>
        <Group gap="md" wrap="nowrap">
          <div style={{ flex: 1, minWidth: 0 }}>
            <Text size="sm" role="status" className="tabular">
              Asking for live balances: {progress.done} of {progress.total || "…"}.{" "}
              <Text span c="dimmed" size="sm">
                A bank can take 30 seconds.
              </Text>
            </Text>
            <Progress value={share} size="sm" mt={6} animated aria-label="Items refreshed" />
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
        </Group>
      </div>
    );
  }
  if (problem) {
    return (
      <div style={{ marginBottom: 16 }}>
        <ProblemNotice
          problem={problem}
          onRetry={lastScope ? () => refresh.run(lastScope) : undefined}
          onDismiss={refresh.dismissProblem}
        />
      </div>
    );
  }
  return (
    <Text size="sm" c="dimmed" role="status" mb={outcome ? 12 : 0} data-testid="refresh-outcome">
      {outcome ? outcomeWords(outcome) : ""}
    </Text>
  );
}

function outcomeWords(outcome: {
  refreshed: number;
  failed: unknown[];
  cancelled: boolean;
}): string {
  const parts = [`${count(outcome.refreshed, "Item")} refreshed`];
  if (outcome.failed.length > 0) parts.push(`${outcome.failed.length} failed`);
  const words = parts.join(", ");
  return outcome.cancelled ? `Cancelled: ${words}.` : `${words}.`;
}
