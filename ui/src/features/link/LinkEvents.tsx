import { Text } from "@mantine/core";
import type { LinkEventView, LinkSessionView } from "../../api/link";
import { CopyButton, CopyText } from "../../kit/components/CopyText";
import { formatExactTime } from "../../kit/format";
import { eventWords, sessionWhat, stateWords, supportText, wayWords } from "../../kit/words/link";
import classes from "./LinkEvents.module.css";

/** A Link session for Plaid's support: ids, times, state, error, and Link events. */
export function LinkEvents({ session }: { session: LinkSessionView }) {
  return (
    <div className={classes.events} data-testid="link-events">
      <div className={classes.top}>
        <SessionFacts session={session} />
        <CopyButton
          size="compact-xs"
          text={supportText(session)}
          label="Copy as text"
          testId="link-events-copy"
        />
      </div>
      {session.events.length === 0 ? (
        <Text size="xs" c="dimmed">
          Link has reported nothing yet.
        </Text>
      ) : (
        <ol className={classes.list}>
          {session.events.map((event, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no id, and the list only grows at its end
            <Event key={index} event={event} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Event({ event }: { event: LinkEventView }) {
  return (
    <li>
      <time dateTime={event.at} className="tabular">
        {formatExactTime(event.at)}
      </time>
      <span className="code">
        {event.name}
        {event.viewName ? ` ${event.viewName}` : ""}
      </span>
      <span>
        {eventWords(event)}
        {event.requestId ? <span className="code"> {event.requestId}</span> : null}
      </span>
    </li>
  );
}

interface SessionFact {
  name: string;
  text: string;
  /** Adds a copy button. */
  copy?: boolean;
}

function sessionFacts(session: LinkSessionView): SessionFact[] {
  const { linkSessionId, endedAt, problem, exitStatus } = session;
  const plaid = problem?.plaid;
  const facts: SessionFact[] = [
    { name: "link_session_id", text: linkSessionId ?? "not known", copy: linkSessionId !== null },
    { name: "What", text: `${sessionWhat(session)}, ${wayWords[session.way].toLowerCase()}` },
    { name: "State", text: stateWords[session.state] },
    { name: "Began", text: formatExactTime(session.createdAt) },
    { name: "Ended", text: endedAt ? formatExactTime(endedAt) : "not yet" },
    { name: "Institution", text: session.institutionName ?? "none chosen" },
  ];
  if (exitStatus) facts.push({ name: "Left at", text: exitStatus });
  if (problem) facts.push({ name: "Problem", text: problem.message });
  if (plaid?.errorCode) {
    facts.push({ name: "Error", text: `${plaid.errorType} ${plaid.errorCode}` });
  }
  if (plaid?.requestId) facts.push({ name: "request_id", text: plaid.requestId, copy: true });
  return facts;
}

function SessionFacts({ session }: { session: LinkSessionView }) {
  return (
    <dl className={classes.facts}>
      {sessionFacts(session).map(({ name, text, copy }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="breakable">{copy ? <CopyText text={text} what={name} /> : text}</dd>
        </div>
      ))}
    </dl>
  );
}
