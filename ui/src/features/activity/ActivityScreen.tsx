import { Button, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowLeft, IconListDetails } from "@tabler/icons-react";
import { type ComponentType, useCallback, useRef, useState } from "react";
import type { ActivityFilter } from "../../api/activity";
import { asProblem } from "../../api/ipc";
import { useActivity } from "../../data/activity";
import { EmptyState } from "../../kit/components/EmptyState";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Screen } from "../../kit/components/Screen";
import { Waiting } from "../../kit/components/Waiting";
import { count, formatCount, formatMoney } from "../../kit/format";
import { useNavigation } from "../../kit/navigation/route";
import { useScrollElement } from "../../kit/navigation/scroll";
import { ActivityFilters } from "./ActivityFilters";
import classes from "./ActivityScreen.module.css";
import { ActivityTable } from "./ActivityTable";
import { noFilter } from "./filter";

interface Props {
  clientTransactionId?: string;
  /** The filter of the link that led here. */
  filter?: Partial<ActivityFilter>;
  Detail: ComponentType<{ clientTransactionId: string }>;
  Acts: ComponentType<ActivityActsProps>;
}

export interface ActivityActsProps {
  selected: ReadonlySet<string>;
  onClear: () => void;
  /** The filter to act on when nothing is selected. */
  filter: ActivityFilter;
  /** Number of evaluations that match the filter. */
  matching: number;
}

/** Waits this long for the next letter before searching. */
const TYPING_MS = 150;

export function ActivityScreen({ clientTransactionId, filter: linked, Detail, Acts }: Props) {
  const { go } = useNavigation();
  const scroll = useScrollElement();
  const [filter, setFilter] = useState<ActivityFilter>({ ...noFilter, ...linked });
  const [followed, setFollowed] = useState(linked);
  /** Scroll position of the list when a row was opened. */
  const place = useRef(0);
  if (followed !== linked) {
    setFollowed(linked);
    setFilter({ ...noFilter, ...linked });
  }
  const onFilter = useCallback(
    (change: Partial<ActivityFilter>) => setFilter((before) => ({ ...before, ...change })),
    [],
  );
  if (clientTransactionId) {
    return (
      <Screen
        title="Evaluation"
        width="text"
        actions={
          <Button
            variant="default"
            leftSection={<IconArrowLeft size={16} aria-hidden />}
            onClick={() => go({ screen: "activity", filter: linked })}
            data-testid="activity-back"
          >
            All activity
          </Button>
        }
      >
        <Detail clientTransactionId={clientTransactionId} />
      </Screen>
    );
  }
  return (
    <ActivityList
      Acts={Acts}
      filter={filter}
      onFilter={onFilter}
      place={place.current}
      onOpen={(id) => {
        place.current = scroll.current?.scrollTop ?? 0;
        go({ screen: "activity", clientTransactionId: id, filter: linked });
      }}
    />
  );
}

interface ListProps extends Pick<Props, "Acts"> {
  filter: ActivityFilter;
  onFilter: (change: Partial<ActivityFilter>) => void;
  place: number;
  onOpen: (clientTransactionId: string) => void;
}

function ActivityList({ Acts, filter, onFilter, place, onOpen }: ListProps) {
  const { go } = useNavigation();
  const [search] = useDebouncedValue(filter.search, TYPING_MS);
  const debouncedFilter = { ...filter, search };
  const query = useActivity(debouncedFilter);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const problem = query.error ? asProblem(query.error) : null;
  const { rows = [], all = null } = query.data ?? {};
  const nothing = all?.evaluations === 0;
  return (
    <Screen title="Activity">
      {nothing ? (
        <EmptyState
          icon={<IconListDetails size={40} stroke={1.4} />}
          title="Nothing was evaluated yet"
          action={
            <Button onClick={() => go({ screen: "evaluate" })}>Evaluate the first debit</Button>
          }
        >
          Each evaluation stands here with its result, what you decided, what came back, and whether
          Plaid has it.
        </EmptyState>
      ) : (
        <>
          <ActivityFilters filter={filter} onFilter={onFilter} totals={all} problem={problem} />
          <div className={classes.sums}>
            <Text
              size="xs"
              c="dimmed"
              role="status"
              className="tabular"
              data-testid="activity-count"
            >
              {all ? totalsWords(all) : ""}
            </Text>
            <Acts
              selected={selected}
              onClear={() => setSelected(new Set())}
              filter={debouncedFilter}
              matching={all?.matching ?? 0}
            />
          </div>
        </>
      )}
      {problem && !problem.field ? (
        <ProblemNotice problem={problem} onRetry={() => void query.refetch()} />
      ) : null}
      {query.isPending ? <Waiting>Reading your evaluations…</Waiting> : null}
      {rows.length > 0 ? (
        <ActivityTable
          evaluations={rows}
          total={all?.matching ?? rows.length}
          more={query.hasNextPage}
          loading={query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
          place={place}
          selected={selected}
          onSelect={setSelected}
          onOpen={onOpen}
        />
      ) : null}
      {all && !nothing && all.matching === 0 ? (
        <Text size="sm" c="dimmed" py="lg" ta="center">
          No evaluation matches.
        </Text>
      ) : null}
    </Screen>
  );
}

function totalsWords(all: { matching: number; evaluations: number; amount: string }): string {
  const amount = formatMoney(all.amount, "USD");
  return all.matching === all.evaluations
    ? `${count(all.evaluations, "evaluation")}, ${amount}`
    : `${count(all.matching, "evaluation")} of ${formatCount(all.evaluations)}, ${amount}`;
}
