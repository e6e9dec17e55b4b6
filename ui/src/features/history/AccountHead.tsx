import { ActionIcon, Group, Title, Tooltip } from "@mantine/core";
import { IconPrinter, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useRefresh } from "../../data/balances";
import type { PanelAccount } from "../../data/history";
import { Age } from "../../kit/components/Age";
import { Amount } from "../../kit/components/Amount";
import { formatExactTime } from "../../kit/format";
import { print } from "../../kit/print/usePrinting";
import { accountKind, accountTitle, maskWords } from "../../kit/words/account";
import { type Figure, meaning } from "../../kit/words/figure";
import { sourceWords } from "../../kit/words/reading";
import classes from "./Panel.module.css";
import { changeWords } from "./words";

interface Props {
  account: PanelAccount;
  readingsExport: ReactNode;
}

export function AccountHead({ account, readingsExport }: Props) {
  const { row, institutionName, personName } = account;
  const own = row.ownName ? accountTitle(row) : row.officialName;
  return (
    <section className="panel" aria-label="Account now">
      <div className={classes.head}>
        <div className={classes.who}>
          <Title order={2} className="breakable">
            {row.ownName ?? row.name}{" "}
            {row.ownName ? null : <span className={classes.mask}>{maskWords(row.mask)}</span>}
          </Title>
          <div className={classes.dim}>
            {personName} · {institutionName} · {accountKind(row)}
          </div>
          {own ? <div className={classes.dim}>{own}</div> : null}
        </div>
        <AccountActions account={account} readingsExport={readingsExport} />
      </div>
      <Figures account={account} />
    </section>
  );
}

function AccountActions({ account: { row }, readingsExport }: Props) {
  const refresh = useRefresh();
  const { scope } = refresh;
  const mine = scope?.kind === "account" && scope.accountId === row.accountId;
  return (
    <Group gap={6} wrap="nowrap" className={classes.acts}>
      <Tooltip label="Refresh this account">
        <ActionIcon
          variant="default"
          size="lg"
          aria-label="Refresh this account"
          disabled={scope !== null && !mine}
          loading={mine}
          onClick={() => refresh.run({ kind: "account", accountId: row.accountId })}
          data-testid="panel-refresh"
        >
          <IconRefresh size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Print">
        <ActionIcon
          variant="default"
          size="lg"
          aria-label="Print this account"
          onClick={() => void print()}
          data-testid="panel-print"
        >
          <IconPrinter size={17} />
        </ActionIcon>
      </Tooltip>
      {readingsExport}
    </Group>
  );
}

function Figures({ account: { row } }: { account: PanelAccount }) {
  const { reading, change } = row;
  if (!reading) return <p className={classes.nothing}>No balance was read yet.</p>;
  const { currency = null, unofficialCurrency: unofficial } = reading;
  return (
    <dl className={classes.figures}>
      {figures.map(({ figure, label }) => (
        <LabeledValue
          key={figure}
          label={label}
          explained={meaning(row, figure)}
          testId={`now-${figure}`}
        >
          <Amount amount={reading[figure] ?? null} currency={currency} unofficial={unofficial} />
        </LabeledValue>
      ))}
      <LabeledValue
        label="Since the reading before"
        explained={
          change
            ? `How the current balance moved since ${formatExactTime(change.since)}`
            : "There is no reading before that reports a current balance in this currency."
        }
        testId="now-change"
      >
        {change ? (
          <span className="figure">{changeWords(change.amount, currency, unofficial)}</span>
        ) : (
          <span className={classes.dim}>nothing to compare</span>
        )}
      </LabeledValue>
      <LabeledValue label="Read" explained={sourceWords(reading)} testId="now-read">
        <span className={classes.read}>
          {reading.source}, <Age at={reading.readAt} />
        </span>
      </LabeledValue>
    </dl>
  );
}

const figures: Array<{ figure: Figure; label: string }> = [
  { figure: "available", label: "Available" },
  { figure: "current", label: "Current" },
  { figure: "limit", label: "Limit" },
];

function LabeledValue(props: {
  label: string;
  explained?: string;
  testId: string;
  children: ReactNode;
}) {
  const { label, explained, testId, children } = props;
  return (
    <div>
      <dt>
        <Tooltip label={explained} multiline maw={300}>
          <span className={classes.explained}>{label}</span>
        </Tooltip>
      </dt>
      <dd data-testid={testId}>{children}</dd>
    </div>
  );
}
