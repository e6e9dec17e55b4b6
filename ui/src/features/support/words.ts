/** Plaid's answers as plain text to send to support. */
import type { AccountSupport, PlaidAnswer } from "../../api/support";

/** "HTTP 200", or why there is no answer. */
export function outcomeWords({ httpStatus, failure }: PlaidAnswer): string {
  return httpStatus === null ? (failure ?? "no answer") : `HTTP ${httpStatus}`;
}

/** "412 ms", "12.4 s". */
export function durationWords(milliseconds: number): string {
  return milliseconds < 10_000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** One answer; times in UTC, as in Plaid's own logs. */
export function answerText(answer: PlaidAnswer): string {
  const lines = [
    `POST ${answer.endpoint}`,
    `at: ${answer.at}`,
    `request_id: ${answer.requestId ?? "none"}`,
    `outcome: ${outcomeWords(answer)}`,
    `duration: ${durationWords(answer.durationMs)}`,
  ];
  return [...lines, ...(answer.body === null ? [] : [answer.body])].join("\n");
}

export function supportText(support: AccountSupport): string {
  const head = [
    `account_id: ${support.accountId}`,
    `item_id: ${support.itemId}`,
    `institution_id: ${support.institutionId ?? "none"}`,
  ].join("\n");
  return [head, ...support.answers.map(answerText)].join("\n\n");
}
