import { Button, Group } from "@mantine/core";
import { IconBuildingBank, IconRefresh } from "@tabler/icons-react";
import { useAccounts } from "../data/accounts";
import { useRefresh } from "../data/balances";
import { AccountsList } from "../features/accounts/AccountsList";
import { Totals } from "../features/accounts/Totals";
import { useUsefulPaint } from "../features/accounts/useUsefulPaint";
import { Billing } from "../features/balances/Billing";
import { RefreshBar } from "../features/balances/RefreshBar";
import { useEvaluate } from "../features/evaluations/evaluate";
import { Attention } from "../features/items/Attention";
import { ItemHead } from "../features/items/ItemHead";
import { HeldNotice } from "../features/link/HeldNotice";
import { ActButton } from "../kit/components/ActButton";
import { EmptyState } from "../kit/components/EmptyState";
import { ProblemNotice } from "../kit/components/ProblemNotice";
import { Screen } from "../kit/components/Screen";
import { Waiting } from "../kit/components/Waiting";
import { useLink } from "../kit/navigation/link";

export function AccountsScreen() {
  const { data, prepared, error, refetch } = useAccounts();
  const { evaluateFrom } = useEvaluate();
  const some = data !== undefined && data.items.length > 0;
  useUsefulPaint(data !== undefined && (!some || prepared !== undefined));
  return (
    <Screen title="Accounts" actions={some ? <Actions /> : null}>
      <HeldNotice />
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Waiting>Reading your accounts…</Waiting> : null}
      {data && !some ? <NoItems /> : null}
      {some && prepared ? (
        <>
          <RefreshBar />
          {data.totals.length > 0 ? <Totals totals={data.totals} /> : null}
          <AccountsList
            prepared={prepared}
            onEvaluate={evaluateFrom}
            Attention={Attention}
            ItemHead={ItemHead}
          />
        </>
      ) : null}
    </Screen>
  );
}

function Actions() {
  return (
    <Group gap="md" wrap="nowrap">
      <Billing />
      <RefreshAll />
    </Group>
  );
}

function RefreshAll() {
  const refresh = useRefresh();
  const mine = refresh.scope?.kind === "all";
  return (
    <ActButton
      variant="default"
      leftSection={<IconRefresh size={16} aria-hidden />}
      onClick={() => refresh.run({ kind: "all" })}
      running={mine}
      runningLabel="Refreshing…"
      disabled={refresh.scope !== null && !mine}
      style={{ flex: "none" }}
      data-testid="refresh-all"
    >
      Refresh all
    </ActButton>
  );
}

function NoItems() {
  const link = useLink();
  return (
    <EmptyState
      icon={<IconBuildingBank size={40} stroke={1.4} />}
      title="No bank is linked yet"
      action={
        <Button onClick={link.open} data-testid="empty-link-bank">
          Link the first bank
        </Button>
      }
    >
      Link a bank to see its accounts with real-time balances, and to ask before each ACH debit
      whether it is likely to be returned.
    </EmptyState>
  );
}
