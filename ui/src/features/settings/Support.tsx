import { Text } from "@mantine/core";
import { Disclosure } from "../../components/Disclosure";
import { ProblemNotice } from "../../components/ProblemNotice";
import { Section } from "../../components/Section";
import { Waiting } from "../../components/Waiting";
import { LinkEvents } from "../link/LinkEvents";
import { useLinkSessions } from "../link/useLinkSession";
import { sessionTitle } from "../link/words";

/** Link sessions with what Link reported, to quote to Plaid's support. */
export function Support() {
  const { data, error, refetch } = useLinkSessions();
  return (
    <Section
      title="Support"
      hint="Every Link session with its events. What is copied holds no secret."
    >
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Waiting>Reading the Link sessions…</Waiting> : null}
      {data?.length === 0 ? (
        <Text size="sm" c="dimmed">
          No bank has been linked or tried yet.
        </Text>
      ) : null}
      <div style={{ maxHeight: 420, overflowY: "auto" }}>
        {data?.map((session) => (
          <div key={session.sessionId} data-testid="support-session">
            <Disclosure label={`${sessionTitle(session)} (${session.state})`}>
              <div style={{ marginBottom: 10 }}>
                <LinkEvents session={session} />
              </div>
            </Disclosure>
          </div>
        ))}
      </div>
    </Section>
  );
}
