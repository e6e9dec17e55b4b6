import type { AuditView } from "../../api/audit";
import { formatExactTime, formatMoney } from "../../kit/format";
import { PaperSheet } from "../../kit/print/PaperSheet";
import { accountTitle } from "../../kit/words/account";
import { decisionLine } from "../../kit/words/decision";
import { deliveryLine } from "../../kit/words/delivery";
import { resultWord } from "../../kit/words/result";
import { scoreTitles } from "../../kit/words/score";
import { exchangeWords } from "./AuditSection";
import classes from "./AuditSheet.module.css";
import { momentWords } from "./words";

interface Props {
  audits: AuditView[];
  onDone: () => void;
}

/** Prints the full records of evaluations. */
export function AuditSheet({ audits, onDone }: Props) {
  return (
    <PaperSheet
      title={audits.length === 1 ? "Evaluation" : `${audits.length} evaluations`}
      className={classes.evaluations}
      testId="audit-sheet"
      onDone={onDone}
    >
      {audits.map((audit) => (
        <One key={audit.evaluation.clientTransactionId} audit={audit} />
      ))}
    </PaperSheet>
  );
}

function One({ audit }: { audit: AuditView }) {
  const { evaluation } = audit;
  return (
    <section>
      <h2>
        {formatMoney(evaluation.amount, evaluation.currency)} from {evaluation.personName},{" "}
        {evaluation.institutionName},{" "}
        {accountTitle({ name: evaluation.accountName, mask: evaluation.accountMask })}
      </h2>
      <dl>
        {facts(audit).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Attributes audit={audit} />
      <h3>Times</h3>
      <table>
        <tbody>
          {audit.events.map(({ at, what, requestId }) => (
            <tr key={`${at} ${what} ${requestId}`}>
              <td>{formatExactTime(at)}</td>
              <td>{momentWords[what]}</td>
              <td>{requestId ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {audit.exchanges.map((exchange) => (
        <div key={`${exchange.askedAt} ${exchange.requestId}`}>
          <h3>{exchangeWords(exchange)}</h3>
          <pre>{exchange.request}</pre>
          <pre>{exchange.answer ?? exchange.failure ?? "no answer"}</pre>
        </div>
      ))}
    </section>
  );
}

function facts({ evaluation, reports }: AuditView): Array<[string, string]> {
  const { answer } = evaluation;
  const said: Array<[string, string]> = [
    ["client_transaction_id", evaluation.clientTransactionId],
    ["account_id", evaluation.accountId],
  ];
  if (evaluation.purpose) said.push(["Purpose", evaluation.purpose]);
  said.push(["Ruleset asked", evaluation.rulesetKey ?? "default"]);
  if (answer) {
    said.push(["Result", resultWord(answer)], ["Ruleset", answer.rulesetKey ?? "none"]);
    if (answer.internalNote) said.push(["Rule that matched", answer.internalNote]);
    if (answer.customActionKey) said.push(["Custom action key", answer.customActionKey]);
    const balance = (amount: string | null) =>
      amount === null ? "not reported" : formatMoney(amount, evaluation.currency);
    said.push(["Available balance used", balance(answer.availableBalance)]);
    said.push(["Current balance used", balance(answer.currentBalance)]);
    for (const [name, score] of [
      [scoreTitles.customer, answer.customerInitiatedReturnRisk],
      [scoreTitles.bank, answer.bankInitiatedReturnRisk],
    ] as const) {
      if (score !== null) said.push([name, `${score} of 1 to 99`]);
    }
    for (const warning of answer.warnings) {
      said.push([`Warning ${warning.warningCode ?? ""}`, warning.explanation]);
    }
  } else {
    said.push(["State", evaluation.state]);
    if (evaluation.problem) said.push(["Problem", evaluation.problem.message]);
  }
  for (const decision of reports.decisions) {
    said.push([
      `Decision of ${formatExactTime(decision.recordedAt)}`,
      `${decisionLine(decision)}; ${deliveryLine(decision.delivery)}`,
    ]);
  }
  for (const returned of reports.returns) {
    said.push([
      `Return of ${formatExactTime(returned.recordedAt)}`,
      `${returned.returnCode} ${returned.meaning}; ${deliveryLine(returned.delivery)}`,
    ]);
  }
  return said;
}

function Attributes({ audit }: { audit: AuditView }) {
  const attributes = audit.evaluation.answer?.coreAttributes ?? [];
  // The HTTP exchanges contain all attributes.
  if (attributes.length === 0 || audit.exchanges.length > 0) return null;
  return (
    <>
      <h3>Core attributes</h3>
      <p>{attributes.map(({ name, value }) => `${name}: ${value ?? "not known"}`).join("; ")}</p>
    </>
  );
}
