import { Button, Group, Text } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import type { AuditExchange, AuditView } from "../../api/audit";
import { useAudit } from "../../data/audit";
import { CopyText } from "../../kit/components/CopyText";
import { Disclosure } from "../../kit/components/Disclosure";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { formatExactTime } from "../../kit/format";
import { decisionLine } from "../../kit/words/decision";
import { deliveryLine } from "../../kit/words/delivery";
import { environmentName } from "../../kit/words/environment";
import classes from "./Audit.module.css";
import { AuditExport } from "./AuditExport";
import { AuditSheet } from "./AuditSheet";
import { momentWords } from "./words";

/** The full record of one evaluation: times, HTTP exchanges, decisions, and returns. */
export function AuditSection({ clientTransactionId }: { clientTransactionId: string }) {
  const { data, error, refetch } = useAudit([clientTransactionId]);
  const [printing, setPrinting] = useState(false);
  const audit = data?.[0];
  return (
    <Section
      title="Audit"
      hint="What was asked, answered, decided and reported, with times and request_ids. Access token and keys are never kept here."
    >
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!audit && !error ? <Waiting>Reading what is kept…</Waiting> : null}
      {audit ? (
        <div data-testid="audit">
          <Group gap="xs" mb="sm">
            <Button
              variant="default"
              size="xs"
              leftSection={<IconPrinter size={15} aria-hidden />}
              onClick={() => setPrinting(true)}
              data-testid="audit-print"
            >
              Print
            </Button>
            <AuditExport
              size="xs"
              label="This evaluation"
              what={() => ({ kind: "evaluations", clientTransactionIds: [clientTransactionId] })}
            />
          </Group>
          <Events audit={audit} />
          <Disclosure label="What crossed the wire" testId="audit-wire">
            <Exchanges audit={audit} />
          </Disclosure>
          <Reports audit={audit} />
        </div>
      ) : null}
      {printing && audit ? <AuditSheet audits={[audit]} onDone={() => setPrinting(false)} /> : null}
    </Section>
  );
}

function Events({ audit }: { audit: AuditView }) {
  return (
    <ol className={classes.events} data-testid="audit-events">
      {audit.events.map(({ at, what, requestId }) => (
        <li key={`${at} ${what} ${requestId}`}>
          <time dateTime={at}>{formatExactTime(at)}</time>
          <span>{momentWords[what]}</span>
          {requestId ? <CopyText text={requestId} what="request_id" /> : null}
        </li>
      ))}
    </ol>
  );
}

function Exchanges({ audit }: { audit: AuditView }) {
  if (audit.exchanges.length === 0) {
    return (
      <Text size="sm" c="dimmed" data-testid="audit-no-wire">
        What crossed the wire was not kept: it was asked by an earlier version, or it never left.
      </Text>
    );
  }
  return audit.exchanges.map((exchange) => (
    <Exchange key={`${exchange.askedAt} ${exchange.requestId}`} exchange={exchange} />
  ));
}

function Exchange({ exchange }: { exchange: AuditExchange }) {
  return (
    <div className={classes.exchange}>
      <Text size="xs" c="dimmed">
        {exchangeWords(exchange)}
      </Text>
      <Json title="Request to /signal/evaluate" json={exchange.request} testId="audit-request" />
      {exchange.answer === null ? (
        <Text size="sm">{exchange.failure ?? "There was no answer that could be kept."}</Text>
      ) : (
        <Json title="Answer" json={exchange.answer} testId="audit-answer" />
      )}
    </div>
  );
}

/** When, where, and by which version the call was made, and how it ended. */
export function exchangeWords(exchange: AuditExchange): string {
  return [
    `Asked ${formatExactTime(exchange.askedAt)}`,
    `ended ${formatExactTime(exchange.endedAt)}`,
    environmentName(exchange.environment),
    `Balance Desk ${exchange.appVersion}`,
    exchange.httpStatus === null ? "no HTTP answer" : `HTTP ${exchange.httpStatus}`,
    exchange.requestId ? `request_id ${exchange.requestId}` : "no request_id",
  ].join(" · ");
}

function Json({ title, json, testId }: { title: string; json: string; testId: string }) {
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="xs" fw={600}>
          {title}
        </Text>
        <CopyText text={json} what={title.toLowerCase()} shown={false} />
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs keyboard focus */}
      <pre className={`codeBlock ${classes.json}`} tabIndex={0} data-testid={testId}>
        {json}
      </pre>
    </div>
  );
}

function Reports({ audit }: { audit: AuditView }) {
  const { decisions, returns } = audit.reports;
  if (decisions.length + returns.length === 0) return null;
  return (
    <div className={classes.reports} data-testid="audit-reports">
      {decisions.length > 0 ? (
        <>
          <Text size="xs" fw={600}>
            Decisions, the last first
          </Text>
          <ul>
            {decisions.map((decision) => (
              <li key={decision.recordedAt}>
                {formatExactTime(decision.recordedAt)}: {decisionLine(decision)};{" "}
                <span className={classes.dim}>{deliveryLine(decision.delivery)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {returns.length > 0 ? (
        <>
          <Text size="xs" fw={600}>
            Returns, the last first
          </Text>
          <ul>
            {returns.map((returned) => (
              <li key={returned.recordedAt}>
                {formatExactTime(returned.recordedAt)}: {returned.returnCode} {returned.meaning}
                {returned.returnedOn ? `, returned on ${returned.returnedOn}` : ""};{" "}
                <span className={classes.dim}>{deliveryLine(returned.delivery)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}
