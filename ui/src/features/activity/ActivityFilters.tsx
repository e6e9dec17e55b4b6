import {
  Button,
  CloseButton,
  MultiSelect,
  Select,
  type SelectProps,
  TextInput,
} from "@mantine/core";
import { IconFilterOff, IconSearch } from "@tabler/icons-react";
import type {
  ActivityFilter,
  ActivityTotals,
  DecidedFilter,
  ResultFilter,
} from "../../api/activity";
import type { Problem } from "../../api/problem";
import type { EvaluationState } from "../../api/signal";
import classes from "./ActivityFilters.module.css";
import { activeFilters, decidedChoices, isFiltered, noFilter, resultChoices } from "./filter";

interface Props {
  filter: ActivityFilter;
  onFilter: (change: Partial<ActivityFilter>) => void;
  totals: ActivityTotals | null;
  /** The problem of a field. */
  problem: Problem | null;
}

const stateChoices: Array<{ value: EvaluationState; label: string }> = [
  { value: "answered", label: "Answered" },
  { value: "sending", label: "Being asked" },
  { value: "failed", label: "Failed" },
  { value: "unknown", label: "Unknown" },
];

export function ActivityFilters({ filter, onFilter, totals, problem }: Props) {
  const at = (field: string) => (problem?.field === field ? problem.message : null);
  return (
    <search className={classes.bar} aria-label="Activity">
      <TextInput
        aria-label="Search in activity"
        placeholder="Person, account, purpose, amount or id"
        leftSection={<IconSearch size={15} aria-hidden />}
        rightSection={
          filter.search ? (
            <CloseButton
              size="sm"
              aria-label="Empty the search"
              onClick={() => onFilter({ search: "" })}
            />
          ) : null
        }
        value={filter.search}
        onChange={(event) => onFilter({ search: event.currentTarget.value })}
        className={classes.search}
        data-testid="activity-search"
      />
      <MultiSelect
        aria-label="Result"
        placeholder={filter.results.length === 0 ? "Any result" : undefined}
        data={resultChoices}
        value={filter.results}
        onChange={(results) => onFilter({ results: results as ResultFilter[] })}
        clearable
        clearButtonProps={{ "aria-label": "Any result" }}
        className={classes.choice}
        data-testid="activity-result"
      />
      <FilterSelect
        aria-label="State"
        anything="Any state"
        data={stateChoices}
        value={filter.states[0] ?? null}
        onChange={(state) => onFilter({ states: state ? [state as EvaluationState] : [] })}
        data-testid="activity-state"
      />
      <FilterSelect
        aria-label="Decision"
        anything="Any decision"
        data={decidedChoices}
        value={filter.decided}
        onChange={(decided) => onFilter({ decided: decided as DecidedFilter | null })}
        data-testid="activity-decided"
      />
      <FilterSelect
        aria-label="Return"
        anything="Returned or not"
        data={[
          { value: "returned", label: "Returned" },
          { value: "notReturned", label: "Not returned" },
        ]}
        value={filter.returned}
        onChange={(returned) => onFilter({ returned: returned as ActivityFilter["returned"] })}
        data-testid="activity-returned"
      />
      <FilterSelect
        aria-label="Institution"
        anything="Any institution"
        data={totals?.institutions ?? (filter.institution ? [filter.institution] : [])}
        value={filter.institution}
        onChange={(institution) => onFilter({ institution })}
        searchable
        data-testid="activity-institution"
      />
      <FilterSelect
        aria-label="Ruleset"
        anything="Any ruleset"
        data={totals?.rulesets ?? (filter.ruleset ? [filter.ruleset] : [])}
        value={filter.ruleset || null}
        onChange={(ruleset) => onFilter({ ruleset })}
        searchable
        data-testid="activity-ruleset"
      />
      <div className={classes.days}>
        <TextInput
          type="date"
          aria-label="Asked on this day or later"
          value={filter.from ?? ""}
          wrapperProps={{ "data-words": filter.from ? undefined : "From any day" }}
          onChange={(event) => onFilter({ from: event.currentTarget.value || null })}
          error={at("from")}
          data-testid="activity-from"
        />
        <span aria-hidden>–</span>
        <TextInput
          type="date"
          aria-label="Asked on this day or earlier"
          value={filter.to ?? ""}
          wrapperProps={{ "data-words": filter.to ? undefined : "To any day" }}
          onChange={(event) => onFilter({ to: event.currentTarget.value || null })}
          error={at("to")}
          data-testid="activity-to"
        />
      </div>
      {activeFilters(filter).map(({ words, without }) => (
        <span key={words} className={classes.narrowing} data-testid="activity-narrowing">
          {words}
          <CloseButton
            size="xs"
            aria-label={`Not only: ${words}`}
            onClick={() => onFilter(without)}
          />
        </span>
      ))}
      {isFiltered(filter) ? (
        <Button
          variant="subtle"
          px={8}
          leftSection={<IconFilterOff size={15} aria-hidden />}
          onClick={() => onFilter(noFilter)}
          data-testid="activity-everything"
        >
          Show everything
        </Button>
      ) : null}
    </search>
  );
}

interface FilterSelectProps extends SelectProps {
  /** The choice that doesn't filter. */
  anything: string;
}

function FilterSelect({ anything, ...select }: FilterSelectProps) {
  return (
    <Select
      placeholder={anything}
      clearable
      clearButtonProps={{ "aria-label": anything }}
      className={classes.choice}
      {...select}
    />
  );
}
