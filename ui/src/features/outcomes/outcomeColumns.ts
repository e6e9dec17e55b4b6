import type { ActivityFilter } from "../../api/activity";
import type { OutcomeCounts } from "../../api/outcomes";
import { resultNames } from "../../kit/words/result";
import type { CountsColumn } from "./CountsTable";

type CountField = Exclude<keyof OutcomeCounts, "returnRate" | "initiatedAmount" | "returnedAmount">;

/** The columns that tables of months and of groups share. `describe` completes the accessible description. */
export function outcomeColumns<T extends { counts: OutcomeCounts }>(
  describe: (words: string, of: T) => string,
) {
  const column = (
    title: string,
    field: CountField,
    words: string,
    narrow?: Partial<ActivityFilter>,
  ): CountsColumn<T> => ({
    title,
    count: ({ counts }) => counts[field],
    narrow,
    what: (of) => describe(words, of),
  });
  return {
    results: [
      column("Evaluated", "evaluations", "evaluated"),
      column(resultNames.accept, "accepted", "accepted", { results: ["accept"] }),
      column(resultNames.review, "reviewed", "to be reviewed", { results: ["review"] }),
      column(resultNames.reroute, "rerouted", "rerouted", { results: ["reroute"] }),
    ],
    others: [
      column("Other", "other", "with another result", { results: ["other"] }),
      column("No answer", "unanswered", "without an answer", {
        states: ["sending", "failed", "unknown"],
      }),
    ],
    debited: column("Debited", "initiated", "debited", { decided: "debited" }),
    returned: column("Returned", "returned", "returned", { returned: "returned" }),
  };
}
