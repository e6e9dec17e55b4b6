import { Group, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { LinkSessionView } from "../../api/link";
import { useLinkSessions } from "../../data/link";
import { CopyButton } from "../../kit/components/CopyText";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { count, formatTime } from "../../kit/format";
import { sessionWhat, stateWords, supportText, wayWords } from "../../kit/words/link";
import { LinkEvents } from "./LinkEvents";
import classes from "./LinkHistory.module.css";

/** All Link sessions with their events, to quote to Plaid's support. */
export function LinkHistory() {
  const { data, error, refetch } = useLinkSessions();
  if (error) return <ProblemNotice problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting>Reading the Link sessions…</Waiting>;
  if (data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No bank has been linked or tried yet.
      </Text>
    );
  }
  return (
    <div data-testid="link-history">
      <Group justify="space-between" mb={8}>
        <Text size="sm" c="dimmed">
          {count(data.length, "session")}, the newest first. What is copied holds no secret.
        </Text>
        <CopyButton
          size="compact-sm"
          text={data.map(supportText).join("\n\n")}
          label="Copy all"
          testId="link-history-copy"
        />
      </Group>
      <div className={classes.sessions}>
        {data.map((session) => (
          <Session key={session.sessionId} session={session} />
        ))}
      </div>
    </div>
  );
}

function Session({ session }: { session: LinkSessionView }) {
  const [opened, setOpened] = useState(false);
  const id = useId();
  return (
    <div className={classes.session} data-testid="support-session" data-state={session.state}>
      <UnstyledButton
        className={classes.head}
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setOpened(!opened)}
        data-testid="support-session-open"
      >
        {opened ? (
          <IconChevronDown size={15} aria-hidden />
        ) : (
          <IconChevronRight size={15} aria-hidden />
        )}
        <span className="tabular">{formatTime(session.createdAt)}</span>
        <span className="breakable">
          {session.institutionName ?? "No bank chosen"}, {session.personName}
          <Text span size="xs" c="dimmed" display="block">
            {sessionWhat(session)} · {wayWords[session.way]}
          </Text>
        </span>
        <span className={classes.state}>{stateWords[session.state]}</span>
      </UnstyledButton>
      <div id={id} hidden={!opened} className={classes.detail}>
        {opened ? <LinkEvents session={session} /> : null}
      </div>
    </div>
  );
}
