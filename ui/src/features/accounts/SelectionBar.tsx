import { Button, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useRefresh } from "../../data/balances";
import { ActButton } from "../../kit/components/ActButton";
import { count } from "../../kit/format";
import classes from "./SelectionBar.module.css";

interface Props {
  accountIds: string[];
  onClear: () => void;
}

/** Actions for the selected accounts, at the bottom edge of the window. */
export function SelectionBar({ accountIds, onClear }: Props) {
  const refresh = useRefresh();
  if (accountIds.length === 0) return null;
  const mine = refresh.scope?.kind === "accounts";
  return (
    <section className={classes.bar} aria-label="Selected accounts" data-testid="selection">
      <Text size="sm" fw={600} role="status" className="tabular">
        {count(accountIds.length, "account")} selected
      </Text>
      <ActButton
        size="xs"
        leftSection={<IconRefresh size={15} aria-hidden />}
        onClick={() => refresh.run({ kind: "accounts", accountIds })}
        running={mine}
        runningLabel="Refreshing…"
        disabled={refresh.scope !== null}
        data-testid="refresh-selected"
      >
        Refresh selected
      </ActButton>
      <Button size="xs" variant="default" onClick={onClear} data-testid="selection-clear">
        Clear the selection
      </Button>
    </section>
  );
}
