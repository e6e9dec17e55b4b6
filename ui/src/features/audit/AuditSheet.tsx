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
        <AuditRecord key={audit.evaluation.clientTransactionId} audit={audit} />
      ))}
    </PaperSheet>
  );
}

function AuditRecord({ audit }: { audit: AuditView }) {
  const { evaluation } = audit;
  return (
    <section>
      <h2>
        {formatMoney(evaluation.amount, evaluation.currency)} from {evaluation.personName},{" "}
        {evaluation.institutionName},{" "}
        {accountTitle({ name: evaluation.accountName, mask: evaluation.accountMask })}
      </h2>
      <dl>
        {auditFacts(audit).map(([name, value]) => (
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

function auditFacts({ evaluation, reports }: AuditView): Array<[string, string]> {
  const { answer } = evaluation;
  const facts: Array<[string, string]> = [
    ["client_transaction_id", evaluation.clientTransactionId],
    ["account_id", evaluation.accountId],
  ];
  if (evaluation.purpose) facts.push(["Purpose", evaluation.purpose]);
  facts.push(["Ruleset asked", evaluation.rulesetKey ?? "default"]);
  if (answer) {
    facts.push(["Result", resultWord(answer)], ["Ruleset", answer.rulesetKey ?? "none"]);
    if (answer.internalNote) facts.push(["Rule that matched", answer.internalNote]);
    if (answer.customActionKey) facts.push(["Custom action key", answer.customActionKey]);
    const balance = (amount: string | null) =>
      amount === null ? "not reported" : formatMoney(amount, evaluation.currency);
    facts.push(["Available balance used", balance(answer.availableBalance)]);
    facts.push(["Current balance used", balance(answer.currentBalance)]);
    for (const [name, score] of [
      [scoreTitles.customer, answer.customerInitiatedReturnRisk],
      [scoreTitles.bank, answer.bankInitiatedReturnRisk],
    ] as const) {
      if (score !== null) facts.push([name, `${score} of 1 to 99`]);
    }
    for (const warning of answer.warnings) {
      facts.push([`Warning ${warning.warningCode ?? ""}`, warning.explanation]);
    }
  } else {
    facts.push(["State", evaluation.state]);
    if (evaluation.problem) facts.push(["Problem", evaluation.problem.message]);
  }
  for (const decision of reports.decisions) {
    facts.push([
      `Decision of ${formatExactTime(decision.recordedAt)}`,
      `${decisionLine(decision)}; ${deliveryLine(decision.delivery)}`,
    ]);
  }
  for (const returned of reports.returns) {
    facts.push([
      `Return of ${formatExactTime(returned.recordedAt)}`,
      `${returned.returnCode} ${returned.meaning}; ${deliveryLine(returned.delivery)}`,
    ]);
  }
  return facts;
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
