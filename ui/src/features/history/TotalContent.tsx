import { ActionIcon, Stack, Text, Tooltip } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useTotal } from "../../data/history";
import { Amount } from "../../kit/components/Amount";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { count } from "../../kit/format";
import { print } from "../../kit/print/usePrinting";
import { ChangeSection } from "./ChangeSection";
import { HistoryChart } from "./HistoryChart";
import classes from "./Panel.module.css";
import { PointsTable } from "./PointsTable";
import { totalLines } from "./words";

/** The panel for the total of one currency. */
export function TotalContent({ currency }: { currency: string }) {
  const { data: total, error, refetch } = useTotal(currency);
  const of = { kind: "total" as const, currency };
  return (
    <Stack gap="md" data-testid="total-content">
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {total ? (
        <section className="panel" aria-label="Total now">
          <div className={classes.head}>
            <dl className={classes.figures} data-alone>
              <div>
                <dt>Assets</dt>
                <dd data-testid="now-assets">
                  <Amount amount={total.assets} currency={currency} />
                </dd>
              </div>
              <div>
                <dt>Debts</dt>
                <dd data-testid="now-debts">
                  <Amount amount={total.debts} currency={currency} />
                </dd>
              </div>
            </dl>
            <Tooltip label="Print">
              <ActionIcon
                variant="default"
                size="lg"
                aria-label="Print this total"
                className={classes.acts}
                onClick={() => void print()}
              >
                <IconPrinter size={17} />
              </ActionIcon>
            </Tooltip>
          </div>
          <Text size="xs" c="dimmed" px="md" pb="sm">
            Sums of the current balances of all accounts that are not hidden.
            {total.notReported > 0
              ? ` Without ${count(total.notReported, "account")} whose balance is not reported.`
              : ""}
          </Text>
        </section>
      ) : null}
      <HistoryChart of={of} lines={totalLines}>
        {(series) => <PointsTable series={series} lines={totalLines} />}
      </HistoryChart>
      <ChangeSection of={of} />
    </Stack>
  );
}
