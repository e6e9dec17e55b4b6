import { Modal, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { BilledCount, BillingView } from "../../api/billing";
import { useBilling } from "../../data/balances";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { formatDay, formatMoney, formatMonth } from "../../kit/format";
import { useEnvironment } from "../../kit/navigation/environment";
import classes from "./Billing.module.css";

const billedCalls = ({ balances, evaluations }: BilledCount) => balances + evaluations;

const costWords = ({ cost }: BilledCount) =>
  cost ? `≈ ${formatMoney(cost.amount, cost.currency)}` : "";

/** Counts today's and this month's billed calls; opens the list by day and month. */
export function Billing() {
  const billed = useEnvironment() === "production";
  const { data } = useBilling();
  const [opened, setOpened] = useState(false);
  const lead = billed ? "Plaid bills each Item read." : "In Production Plaid bills each Item read.";
  return (
    <div className={classes.mark}>
      <span>Refreshing asks the banks live. {lead}</span>
      {data ? (
        <UnstyledButton
          className={classes.open}
          onClick={() => setOpened(true)}
          data-testid="billing"
        >
          Billed calls: today {billedCalls(data.today)}, this month {billedCalls(data.month)}
          {data.month.cost ? ` (${costWords(data.month)})` : ""}
        </UnstyledButton>
      ) : null}
      {data && opened ? <BillingModal view={data} onClose={() => setOpened(false)} /> : null}
    </div>
  );
}

function BillingModal({ view, onClose }: { view: BillingView; onClose: () => void }) {
  const billed = useEnvironment() === "production";
  const { error, refetch } = useBilling();
  const used = ({ count }: { count: BilledCount }) => billedCalls(count) + count.mayBeBilled > 0;
  return (
    <Modal opened onClose={onClose} title="Billed calls" size="lg">
      <Stack gap="md">
        {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
        <Text size="sm" c="dimmed">
          {billed
            ? "Plaid bills one call for each Item whose live balances are read, and one for each evaluation."
            : "Nothing is billed in this environment. These are the calls that Plaid would bill in Production."}{" "}
          Days and months are those of this computer; Plaid's invoice is what counts.
          {view.pricePerBalanceCall || view.pricePerEvaluation
            ? ""
            : " What a call costs you can be entered in the settings."}
        </Text>
        <BilledCallsTable
          label="By month"
          rows={view.months
            .filter((month, at) => at === 0 || used(month))
            .map(({ month, count }) => ({ name: formatMonth(month), count }))}
        />
        <BilledCallsTable
          label="By day, the last 31 days"
          rows={view.days
            .filter((day, at) => at === 0 || used(day))
            .map(({ day, count }) => ({ name: formatDay(day), count }))}
        />
      </Stack>
    </Modal>
  );
}

function BilledCallsTable({
  label,
  rows,
}: {
  label: string;
  rows: { name: string; count: BilledCount }[];
}) {
  return (
    <Table fz="sm" verticalSpacing={4} className="tabular" data-testid="billed-calls">
      <Table.Caption className={classes.caption}>{label}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">
            <span className="visuallyHidden">When</span>
          </Table.Th>
          <Table.Th scope="col" ta="right">
            Balances
          </Table.Th>
          <Table.Th scope="col" ta="right">
            Evaluations
          </Table.Th>
          <Table.Th scope="col" ta="right" title="The answer was lost or is being waited for">
            May be billed
          </Table.Th>
          <Table.Th scope="col" ta="right">
            Cost
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ name, count }) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" fw={400}>
              {name}
            </Table.Th>
            <Table.Td ta="right">{count.balances}</Table.Td>
            <Table.Td ta="right">{count.evaluations}</Table.Td>
            <Table.Td ta="right">{count.mayBeBilled}</Table.Td>
            <Table.Td ta="right">
              {costWords(count) || (
                <Text span size="xs" c="dimmed">
                  no price entered
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
