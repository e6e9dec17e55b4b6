/** Whether Plaid has a report, in words. */
import type { DeliveryView } from "../../api/signal";
import { formatExactTime } from "../format";

/** Whether Plaid has it, in a word or two. */
export function deliveryWords(delivery: DeliveryView): string {
  switch (delivery.state) {
    case "delivered":
      return "Plaid has it";
    case "waiting":
      return delivery.problem ? "waiting, tried" : "waiting";
    case "refused":
      return "refused by Plaid";
    case "superseded":
      return "replaced";
    case "filed":
      return "delivered by file";
    case "leftOut":
      return "refused, left out";
  }
}

/** Whether Plaid has a report, in one line. */
export function deliveryLine(delivery: DeliveryView): string {
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
