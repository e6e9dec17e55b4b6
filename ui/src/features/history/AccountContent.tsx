import { Stack, Tabs } from "@mantine/core";
import { IconHistory, IconMessageReport } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { type PanelAccount, useAccount } from "../../data/history";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import type { PanelPart } from "../../kit/navigation/accountPanel";
import { AccountHead } from "./AccountHead";
import { ChangeSection } from "./ChangeSection";
import { HistoryChart } from "./HistoryChart";
import { LowBalanceAlert } from "./LowBalanceAlert";
import classes from "./Panel.module.css";
import { ReadingsTable } from "./ReadingsTable";
import { accountLines } from "./words";

interface Props {
  accountId: string;
  part: PanelPart;
  readingsExport: ReactNode;
  support: ReactNode;
}

export function AccountContent({ accountId, part, readingsExport, support }: Props) {
  const { data: account, error, refetch } = useAccount(accountId);
  const [shown, setShown] = useState<string | null>(part);
  if (error) return <ProblemNotice problem={error} onRetry={() => void refetch()} />;
  if (account === undefined) return <Waiting>Reading the account…</Waiting>;
  if (account === null) {
    return (
      <p data-testid="account-gone">
        This account is no longer on the desk: its bank was removed, or the bank does not share it
        any more.
      </p>
    );
  }
  return (
    <Stack gap="md" data-testid="account-content" data-account={accountId}>
      <AccountHead account={account} readingsExport={readingsExport} />
      <Tabs value={shown} onChange={setShown} keepMounted={false}>
        <Tabs.List className={classes.tabs}>
          <Tabs.Tab
            value="history"
            leftSection={<IconHistory size={16} aria-hidden />}
            data-testid="panel-history"
          >
            History
          </Tabs.Tab>
          <Tabs.Tab
            value="support"
            leftSection={<IconMessageReport size={16} aria-hidden />}
            data-testid="panel-support"
          >
            What Plaid answered
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="history" pt="md">
          <AccountHistory account={account} />
        </Tabs.Panel>
        <Tabs.Panel value="support" pt="md">
          {support}
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function AccountHistory({ account: { row } }: { account: PanelAccount }) {
  const of = { kind: "account" as const, accountId: row.accountId };
  return (
    <Stack gap="md">
      <HistoryChart of={of} lines={accountLines} mark={row.lowBalance} />
      <div className={classes.pair}>
        <ChangeSection of={of} />
        <Section title="Low-balance mark">
          <LowBalanceAlert key={row.lowBalance?.threshold ?? ""} row={row} />
        </Section>
      </div>
      <ReadingsTable accountId={row.accountId} />
    </Stack>
  );
}
