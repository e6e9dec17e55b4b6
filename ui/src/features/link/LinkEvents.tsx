import { Group, Text } from "@mantine/core";
import type { LinkSessionView } from "../../bindings/link";
import { CopyText } from "../../components/CopyText";
import { formatExactTime } from "../../format";
import classes from "./LinkEvents.module.css";
import { eventWords, supportText } from "./words";

/** What Link reported during a session, to read and to quote to Plaid's support. */
export function LinkEvents({ session }: { session: LinkSessionView }) {
  return (
    <div className={classes.events}>
      <Group gap="xs" mb={6}>
        <Text size="xs" c="dimmed">
          link_session_id
        </Text>
        {session.linkSessionId ? (
          <CopyText text={session.linkSessionId} what="link_session_id" />
        ) : (
          <Text size="xs" c="dimmed">
            not known
          </Text>
        )}
        <span style={{ flex: 1 }} />
        <Text size="xs" c="dimmed">
          Copy all
        </Text>
        <CopyText text={supportText(session)} what="everything for support" shown={false} />
      </Group>
      {session.events.length === 0 ? (
        <Text size="xs" c="dimmed">
          Link has reported nothing yet.
        </Text>
      ) : (
        <ol className={classes.list}>
          {session.events.map((event, index) => (
            // Events have no id; their order is what names them.
            // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end
            <li key={index}>
              <time dateTime={event.at} className="tabular">
                {formatExactTime(event.at)}
              </time>
              <span className="code">{event.name}</span>
              <span>
                {eventWords(event)}
                {event.requestId ? <span className="code"> {event.requestId}</span> : null}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
