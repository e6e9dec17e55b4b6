/** What happened to an evaluation, in words. */
import type { AuditMoment } from "../../api/audit";
import type { DecisionView, DeliveryView } from "../../api/signal";
import { formatExactTime } from "../../kit/format";
import { decisionOutcomes, labelOf, paymentMethods } from "../../kit/words/evaluation";

export const momentWords: Record<AuditMoment, string> = {
  written: "Written down, before it was sent",
  asked: "Sent to Plaid",
  answered: "Plaid answered",
  noAnswer: "Ended without an answer that can be used",
  decisionRecorded: "Decision recorded",
  decisionDelivered: "Plaid has the decision",
  decisionFiled: "Decision in a file for Plaid",
  decisionLeftOut: "Decision given up",
  returnRecorded: "Return recorded",
  returnDelivered: "Plaid has the return",
  returnFiled: "Return in a file for Plaid",
  returnLeftOut: "Return given up",
};

/** A decision in one line. */
export function decisionWords(decision: DecisionView): string {
  const said = [decision.initiated ? "initiated" : "not initiated"];
  if (decision.daysFundsOnHold !== null) said.push(`funds held ${decision.daysFundsOnHold} days`);
  if (decision.decisionOutcome) said.push(labelOf(decisionOutcomes, decision.decisionOutcome));
  if (decision.paymentMethod) said.push(labelOf(paymentMethods, decision.paymentMethod));
  if (decision.amountInstantlyAvailable !== null) {
    said.push(`${decision.amountInstantlyAvailable} USD available at once`);
  }
  return said.join(", ");
}

/** Whether Plaid has a report, in one line. */
export function deliveryWords(delivery: DeliveryView): string {
  switch (delivery.state) {
    case "delivered":
      return `Plaid has it since ${formatExactTime(delivery.at)}, request_id ${delivery.requestId}`;
    case "refused":
      return `Plaid refused it: ${delivery.problem.message}`;
    case "waiting":
      return "not delivered yet";
    case "superseded":
      return "superseded by a later one before Plaid had it";
    case "filed":
      return `in a file for Plaid, said ${formatExactTime(delivery.at)}`;
    case "leftOut":
      return `given up ${formatExactTime(delivery.at)} after Plaid refused it: ${delivery.problem.message}`;
  }
}

/** The environment's name as people write it. */
export function environmentWords(environment: string): string {
  return environment.charAt(0).toUpperCase() + environment.slice(1);
}
