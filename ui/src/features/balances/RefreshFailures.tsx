import { Button, Group, Text, UnstyledButton } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import type { RefreshFailure } from "../../api/balances";
import { useRefresh } from "../../data/balances";
import { useProblemActions } from "../../kit/components/ProblemActions";
import { count } from "../../kit/format";
import classes from "./RefreshBar.module.css";

/** Rows shown before the user expands the list. */
const VISIBLE_FAILURES = 4;

/** The Items that failed, each with a next step, and a button to retry all. */
export function RefreshFailures({ failed }: { failed: RefreshFailure[] }) {
  const refresh = useRefresh();
  const [all, setAll] = useState(false);
  const shown = all ? failed : failed.slice(0, VISIBLE_FAILURES);
  return (
    <section className={classes.failures} aria-label="Could not be read">
      <Group justify="space-between" gap="sm">
        <Text size="sm" fw={600}>
          {count(failed.length, "Item")} could not be read
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconRefresh size={15} aria-hidden />}
          onClick={() =>
            refresh.run({ kind: "items", itemIds: failed.map(({ itemId }) => itemId) })
          }
          data-testid="refresh-retry-failed"
        >
          Retry failed
        </Button>
      </Group>
      <ul className={classes.list}>
        {shown.map((failure) => (
          <li key={failure.itemId} className={classes.row} data-testid="refresh-failure">
            <span className={classes.bank}>{failure.institutionName}</span>
            <span className={classes.what}>{failure.problem.message}</span>
            <NextStep failure={failure} />
          </li>
        ))}
      </ul>
      {failed.length > shown.length ? (
        <UnstyledButton className={classes.more} onClick={() => setAll(true)}>
          Show {failed.length - shown.length} more
        </UnstyledButton>
      ) : null}
    </section>
  );
}

/** The action for a failure, if there is one on this screen. */
function NextStep({ failure: { itemId, institutionName, problem } }: { failure: RefreshFailure }) {
  const refresh = useRefresh();
  const { repairItem, chooseAccounts, checkKeys } = useProblemActions();
  const kind = problem.action?.kind;
  const step =
    kind === "repairItem" && repairItem
      ? { label: "Sign in again", take: () => repairItem(itemId) }
      : kind === "chooseAccounts" && chooseAccounts
        ? { label: "Choose accounts", take: () => chooseAccounts(itemId) }
        : kind === "checkKeys" && checkKeys
          ? { label: "Check the keys", take: checkKeys }
          : kind === "retry"
            ? { label: "Retry", take: () => refresh.run({ kind: "item", itemId }) }
            : null;
  if (!step) return <span />;
  return (
    <Button
      size="compact-sm"
      variant="default"
      onClick={step.take}
      aria-label={`${step.label}: ${institutionName}`}
      data-testid="refresh-failure-action"
    >
      {step.label}
    </Button>
  );
}
