/** The filter of the activity list, and its wording. */
import type { ActivityFilter, DecidedFilter, ResultFilter } from "../../api/activity";
import { formatDay } from "../../kit/format";
import { resultNames } from "../../kit/words/result";

export const noFilter: ActivityFilter = {
  search: "",
  results: [],
  states: [],
  decided: null,
  returned: null,
  returnCodes: [],
  institution: null,
  ruleset: null,
  from: null,
  to: null,
  returnedFrom: null,
  returnedTo: null,
  score: null,
};

export const resultChoices: Array<{ value: ResultFilter; label: string }> = [
  { value: "accept", label: resultNames.accept },
  { value: "review", label: resultNames.review },
  { value: "reroute", label: resultNames.reroute },
  { value: "other", label: "Other result" },
];

export const decidedChoices: Array<{ value: DecidedFilter; label: string }> = [
  { value: "due", label: "Decision due" },
  { value: "initiated", label: "Decided: initiated" },
  { value: "notInitiated", label: "Decided: not initiated" },
  { value: "nothing", label: "No decision recorded" },
  { value: "debited", label: "Debited, decided or inferred" },
];

/** The active filters except the search: each as words, with the change that removes it. */
export function activeFilters(
  filter: ActivityFilter,
): Array<{ words: string; without: Partial<ActivityFilter> }> {
  const active: Array<{ words: string; without: Partial<ActivityFilter> }> = [];
  const { score } = filter;
  if (filter.returnCodes.length > 0) {
    const codes = filter.returnCodes;
    const some =
      codes.length > 6
        ? `${codes.slice(0, 5).join(", ")} and ${codes.length - 5} more`
        : codes.join(", ");
    active.push({ words: `returned with ${some}`, without: { returnCodes: [] } });
  }
  if (filter.returnedFrom || filter.returnedTo) {
    active.push({
      words: `came back ${daysWords(filter.returnedFrom, filter.returnedTo)}`,
      without: { returnedFrom: null, returnedTo: null },
    });
  }
  if (score) {
    const whose = score.kind === "customer" ? "customer" : "bank";
    active.push({ words: `${whose} risk ${score.from} to ${score.to}`, without: { score: null } });
  }
  if (filter.ruleset === "") {
    active.push({ words: "without a ruleset", without: { ruleset: null } });
  }
  return active;
}

function daysWords(from: string | null, to: string | null): string {
  if (from && to) return `from ${formatDay(from)} to ${formatDay(to)}`;
  return from ? `since ${formatDay(from)}` : `until ${formatDay(to ?? "")}`;
}

export function isFiltered(filter: ActivityFilter): boolean {
  return (Object.keys(noFilter) as Array<keyof ActivityFilter>).some((part) => {
    const value = filter[part];
    return Array.isArray(value)
      ? value.length > 0
      : Boolean(value) || (value === "" && part === "ruleset");
  });
}
