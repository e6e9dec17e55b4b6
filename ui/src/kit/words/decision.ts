/** Decisions and the reports of them in words. */
import type { RecordedReport } from "../../api/decisions";
import type { DecisionView, ReturnView } from "../../api/signal";
import { count, formatDay, formatMoney } from "../format";

type Entry = { value: string; label: string };

export const decisionOutcomes: Entry[] = [
  { value: "APPROVE", label: "Approved" },
  { value: "REVIEW", label: "Sent to review" },
  { value: "REJECT", label: "Rejected" },
  { value: "TAKE_OTHER_RISK_MEASURES", label: "Other risk measures taken" },
  { value: "NOT_EVALUATED", label: "Result was not considered" },
];

export const paymentMethods: Entry[] = [
  { value: "SAME_DAY_ACH", label: "Same day ACH" },
  { value: "NEXT_DAY_ACH", label: "Next day ACH" },
  { value: "STANDARD_ACH", label: "Standard ACH" },
  { value: "MULTIPLE_PAYMENT_METHODS", label: "Several payment methods" },
];

/** An unknown value is its own label. */
export function labelOf(entries: Entry[], value: string): string {
  return entries.find((entry) => entry.value === value)?.label ?? value;
}

/** A decision as a sentence. */
export function decisionSentence(decision: DecisionView, currency: string): string {
  const parts = [decision.initiated ? "The debit is initiated" : "The debit is not initiated"];
  if (decision.daysFundsOnHold !== null) {
    parts.push(`funds on hold for ${count(decision.daysFundsOnHold, "day")}`);
  }
  if (decision.decisionOutcome) {
    parts.push(labelOf(decisionOutcomes, decision.decisionOutcome).toLowerCase());
  }
  if (decision.paymentMethod) parts.push(labelOf(paymentMethods, decision.paymentMethod));
  if (decision.amountInstantlyAvailable !== null) {
    parts.push(`${formatMoney(decision.amountInstantlyAvailable, currency)} available at once`);
  }
  return `${parts.join(", ")}.`;
}

/** A decision in one line. */
export function decisionLine(decision: DecisionView): string {
  const said = [decision.initiated ? "initiated" : "not initiated"];
  if (decision.daysFundsOnHold !== null) said.push(`funds held ${decision.daysFundsOnHold} days`);
  if (decision.decisionOutcome) said.push(labelOf(decisionOutcomes, decision.decisionOutcome));
  if (decision.paymentMethod) said.push(labelOf(paymentMethods, decision.paymentMethod));
  if (decision.amountInstantlyAvailable !== null) {
    said.push(`${decision.amountInstantlyAvailable} USD available at once`);
  }
  return said.join(", ");
}

/** "Return R01, Nov 3, 2026". */
export function returnWords({ returnCode, returnedOn }: ReturnView): string {
  return `Return ${returnCode}${returnedOn ? `, ${formatDay(returnedOn)}` : ""}`;
}

/** What a report says, in a few words. */
export function reportWords(report: RecordedReport): string {
  if (report.kind === "return") return returnWords(report.returned);
  const { initiated, daysFundsOnHold } = report.decision;
  const hold = daysFundsOnHold ? `, held ${count(daysFundsOnHold, "day")}` : "";
  return `Decision: ${initiated ? "initiated" : "not initiated"}${hold}`;
}
