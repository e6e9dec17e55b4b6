import { Button, Stack } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { type CSSProperties, useState } from "react";
import type { ActivityFilter } from "../../api/activity";
import type { OutcomesRange, OutcomesView } from "../../api/outcomes";
import { useOutcomes } from "../../data/outcomes";
import { type ChartColors, useChartColors } from "../../kit/chart/colors";
import { Amount } from "../../kit/components/Amount";
import { EmptyState } from "../../kit/components/EmptyState";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Screen } from "../../kit/components/Screen";
import { Waiting } from "../../kit/components/Waiting";
import { formatDay } from "../../kit/format";
import { useNavigation } from "../../kit/navigation/route";
import { CodesSection } from "./CodesSection";
import { CountLink } from "./CountLink";
import { parts } from "./chartParts";
import { GroupSection } from "./GroupSection";
import { MonthsSection } from "./MonthsSection";
import { NachaSection } from "./NachaSection";
import classes from "./Outcomes.module.css";
import { RangePicker } from "./RangePicker";
import { ResultsSection } from "./ResultsSection";
import { ScoresSection } from "./ScoresSection";
import { percentWords } from "./words";

export function OutcomesScreen() {
  const { go } = useNavigation();
  const [range, setRange] = useState<OutcomesRange>({ kind: "last12Months" });
  const { data, error, refetch, isPlaceholderData } = useOutcomes(range);
  const style = partColors(useChartColors());
  const nothing = range.kind === "all" && data?.total.evaluations === 0;
  return (
    <Screen
      title="Outcomes"
      actions={
        <RangePicker range={range} onRange={setRange} shown={data} problem={error ?? null} />
      }
    >
      {error && !error.field ? (
        <ProblemNotice problem={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Waiting>Counting…</Waiting> : null}
      {nothing ? (
        <EmptyState
          icon={<IconChartBar size={40} stroke={1.4} />}
          title="Nothing was evaluated yet"
          action={
            <Button onClick={() => go({ screen: "evaluate" })}>Evaluate the first debit</Button>
          }
        >
          Once debits were evaluated, decided and some have come back, this screen says how good the
          answers were and how your return rates stand against the Nacha thresholds.
        </EmptyState>
      ) : null}
      {data && !nothing ? (
        <div aria-busy={isPlaceholderData} style={style} data-testid="outcomes">
          <OutcomeSections view={data} />
        </div>
      ) : null}
    </Screen>
  );
}

/** CSS variables for the legend and the bars. */
function partColors(colors: ChartColors): CSSProperties {
  const names = [...parts.map(({ part }) => part), "rate" as const];
  return Object.fromEntries(names.map((name) => [`--part-${name}`, colors[name]]));
}

function OutcomeSections({ view }: { view: OutcomesView }) {
  const within: Partial<ActivityFilter> = { from: view.from, to: view.to };
  return (
    <Stack gap="md">
      <Totals view={view} within={within} />
      <NachaSection nacha={view.nacha} />
      <ResultsSection results={view.results} within={within} />
      <MonthsSection months={view.months} />
      <CodesSection codes={view.codes} within={within} />
      <GroupSection
        title="By ruleset"
        what="Ruleset"
        outcomes={view.rulesets}
        within={within}
        narrow={(name) => ({ ruleset: name ?? "" })}
        testId="outcomes-rulesets"
      />
      <GroupSection
        title="By institution"
        what="Institution"
        outcomes={view.institutions}
        within={within}
        narrow={(name) => ({ institution: name })}
        testId="outcomes-institutions"
      />
      <ScoresSection scores={view.scores} within={within} />
    </Stack>
  );
}

function Totals({ view, within }: { view: OutcomesView; within: Partial<ActivityFilter> }) {
  const { total } = view;
  const parts = [
    { name: "Evaluated", number: total.evaluations, filter: {}, testId: "total-evaluated" },
    { name: "Accepted", number: total.accepted, filter: { results: ["accept" as const] } },
    { name: "To review", number: total.reviewed, filter: { results: ["review" as const] } },
    { name: "Rerouted", number: total.rerouted, filter: { results: ["reroute" as const] } },
    {
      name: "Debited",
      number: total.initiated,
      filter: { decided: "debited" as const },
      amount: total.initiatedAmount,
    },
    {
      name: "Returned",
      number: total.returned,
      filter: { returned: "returned" as const },
      amount: total.returnedAmount,
      testId: "total-returned",
    },
  ];
  return (
    <section className={`panel ${classes.totals}`} aria-label="In all">
      <div className={classes.days}>
        {formatDay(view.from)} to {formatDay(view.to)}
      </div>
      <dl>
        {parts.map(({ name, number, filter, amount, testId }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <CountLink
                number={number}
                filter={{ ...within, ...filter }}
                what={`${name.toLowerCase()} in all`}
                testId={testId}
              />
              {amount ? (
                <span className={classes.sum}>
                  <Amount amount={amount} currency="USD" />
                </span>
              ) : null}
            </dd>
          </div>
        ))}
        <div>
          <dt>Return rate</dt>
          <dd>
            <span className="tabular">{percentWords(total.returnRate)}</span>
            {total.returnRate.tooFew && total.returnRate.whole > 0 ? (
              <span className={classes.sum}>too few to judge</span>
            ) : null}
          </dd>
        </div>
      </dl>
    </section>
  );
}
