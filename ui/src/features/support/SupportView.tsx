import { Group, Stack, Text } from "@mantine/core";
import type { AccountSupport, PlaidAnswer } from "../../api/support";
import { useSupport } from "../../data/support";
import { CopyButton, CopyText } from "../../kit/components/CopyText";
import { Disclosure } from "../../kit/components/Disclosure";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { formatExactTime } from "../../kit/format";
import classes from "./SupportView.module.css";
import { answerText, durationWords, outcomeWords, supportText } from "./words";

/** Plaid's latest answers about an account, and the ids that Plaid's support asks for. */
export function SupportView({ accountId }: { accountId: string }) {
  const { data, error, refetch } = useSupport(accountId);
  if (error) return <ProblemNotice problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting>Reading what Plaid answered…</Waiting>;
  return (
    <Section
      title="What Plaid answered"
      hint="The last 20 answers that concern this account. Tokens and keys are never kept here. A request_id is what Plaid's support asks for first."
    >
      <Stack gap="sm" data-testid="support">
        <SupportIds support={data} />
        {data.answers.length === 0 ? (
          <Text size="sm" c="dimmed" data-testid="support-empty">
            No answer is kept yet. The next refresh keeps one.
          </Text>
        ) : (
          <ol className={classes.answers}>
            {data.answers.map((answer, index) => (
              <li
                key={`${answer.at} ${answer.requestId ?? answer.endpoint}`}
                className={classes.answer}
                data-testid="support-answer"
              >
                <AnswerDetails answer={answer} first={index === 0} />
              </li>
            ))}
          </ol>
        )}
      </Stack>
    </Section>
  );
}

function SupportIds({ support }: { support: AccountSupport }) {
  const ids: Array<[string, string | null]> = [
    ["account_id", support.accountId],
    ["item_id", support.itemId],
    ["institution_id", support.institutionId],
  ];
  return (
    <Group justify="space-between" align="flex-start" gap="md">
      <dl className={classes.ids}>
        {ids.map(([name, id]) =>
          id === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <CopyText text={id} what={name} testId={`support-${name}`} />
              </dd>
            </div>
          ),
        )}
      </dl>
      <CopyButton
        text={supportText(support)}
        label="Copy all"
        size="xs"
        testId="support-copy-all"
      />
    </Group>
  );
}

function AnswerDetails({ answer, first }: { answer: PlaidAnswer; first: boolean }) {
  const good = answer.httpStatus !== null && answer.httpStatus < 400;
  return (
    <>
      <div className={classes.head}>
        <span className={classes.endpoint}>{answer.endpoint}</span>
        <span className={classes.status} data-good={good || undefined}>
          {outcomeWords(answer)}
        </span>
        <span className={classes.dim}>{durationWords(answer.durationMs)}</span>
        <time className={classes.dim} dateTime={answer.at}>
          {formatExactTime(answer.at)}
        </time>
        <span className={classes.copy}>
          <CopyText text={answerText(answer)} what="this answer" shown={false} />
        </span>
      </div>
      <div className={classes.request}>
        <span className={classes.dim}>request_id</span>{" "}
        {answer.requestId === null ? (
          <span className={classes.dim}>none: no answer came</span>
        ) : (
          <CopyText text={answer.requestId} what="request_id" testId="support-request-id" />
        )}
      </div>
      {answer.body === null ? null : (
        <Disclosure label="Body" open={first} testId="support-body-open">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs keyboard focus */}
          <pre className={`codeBlock ${classes.body}`} tabIndex={0} data-testid="support-body">
            {answer.body}
          </pre>
        </Disclosure>
      )}
    </>
  );
}
