import { Group, Loader, Text, Title } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { commands, queries } from "../../api/commands";
import type { LinkSessionView } from "../../api/link";
import { ActButton } from "../../kit/components/ActButton";
import { CopyButton } from "../../kit/components/CopyText";
import { ProblemBelow } from "../../kit/components/ProblemBelow";
import { type Act, useAct } from "../../kit/hooks/useAct";
import { useLink } from "../../kit/navigation/link";
import { eventWords, isLookedUp } from "../../kit/words/link";
import type { SessionProps } from "./LinkParts";

/** A running session: in its window, in the browser, being checked, or being stored. */
export function Waiting(props: SessionProps) {
  const { session } = props;
  if (session.state === "succeeded") return <StoringStage {...props} />;
  if (isLookedUp(session)) return <CheckingStage {...props} />;
  return session.way === "browser" ? <BrowserStage {...props} /> : <WindowStage {...props} />;
}

interface InProgressStageProps {
  session: LinkSessionView;
  title: string;
  words: string;
  status: string;
  children?: ReactNode;
}

function InProgressStage({ session, title, words, status, children }: InProgressStageProps) {
  return (
    <div data-testid="link-waiting" data-state={session.state} data-way={session.way}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Loader size="sm" mt={3} aria-hidden />
        <div style={{ minWidth: 0 }}>
          <Title order={3} fz="1rem">
            {title}
          </Title>
          <Text size="sm" c="dimmed" mt={2} className="breakable">
            {words}
          </Text>
          <Text size="sm" mt={8} role="status">
            {status}
          </Text>
        </div>
      </Group>
      <ProblemBelow problem={session.problem} />
      {children}
    </div>
  );
}

function lastEventWords(session: LinkSessionView, otherwise: string): string {
  const last = session.events.at(-1);
  return last ? eventWords(last) : otherwise;
}

function StoringStage({ session }: SessionProps) {
  return (
    <InProgressStage
      session={session}
      title="The bank agreed"
      words="Storing the connection. Nothing that was granted gets lost, even if this window closes now."
      status={lastEventWords(session, "Storing…")}
    />
  );
}

function CheckingStage({ session }: SessionProps) {
  return (
    <InProgressStage
      session={session}
      title="Finding out whether the bank agreed"
      words="The Link window is closed. Another bank can be linked meanwhile."
      status={lastEventWords(session, "Asking Plaid…")}
    />
  );
}

function WindowStage({ session, onChanged }: SessionProps) {
  const focus = useAct(() => commands.linkFocus(session.sessionId));
  const cancel = useAct(() => commands.linkCancel(session.sessionId), onChanged);
  return (
    <InProgressStage
      session={session}
      title="Continue in the Link window"
      words={`${session.personName} signs in there. This page follows along; what is typed there never passes through it.`}
      status={lastEventWords(session, "Opening…")}
    >
      <ProblemBelow problem={focus.problem} />
      <ProblemBelow problem={cancel.problem} />
      <Group gap="xs" mt="md">
        <ActButton
          onClick={() => focus.run()}
          running={focus.running}
          runningLabel="One moment…"
          data-testid="link-focus"
        >
          Bring it forward
        </ActButton>
        {session.canContinueInBrowser ? (
          <OpenBrowser session={session} label="Continue in my browser" testId="link-in-browser" />
        ) : null}
        <CancelLinking cancel={cancel} />
      </Group>
      {session.canContinueInBrowser ? (
        <Text size="xs" c="dimmed" mt={8}>
          Does the bank refuse this window, or does the sign-in need a passkey? Go on in the
          browser: the Link window closes, and Balance Desk notices the end by itself.
        </Text>
      ) : null}
    </InProgressStage>
  );
}

interface BrowserProps {
  session: LinkSessionView;
  label: string;
  testId: string;
}

function OpenBrowser({ session, label, testId }: BrowserProps) {
  const { continueInBrowser, openingBrowser } = useLink();
  return (
    <ActButton
      variant="default"
      leftSection={<IconExternalLink size={16} aria-hidden />}
      onClick={() => continueInBrowser(session.sessionId)}
      running={openingBrowser}
      runningLabel="Opening…"
      data-testid={testId}
    >
      {label}
    </ActButton>
  );
}

function BrowserStage({ session, onChanged }: SessionProps) {
  const address = useQuery(queries.linkBrowserAddress(session.sessionId));
  const cancel = useAct(() => commands.linkCancel(session.sessionId), onChanged);
  return (
    <InProgressStage
      session={session}
      title="Continue in your browser"
      words={`${session.personName} signs in on the page that has opened there. Balance Desk notices the end by itself and comes forward; you can go on working here meanwhile.`}
      status={`Waiting for your browser… ${lastEventWords(session, "")}`.trim()}
    >
      <ProblemBelow problem={address.error} />
      <ProblemBelow problem={cancel.problem} />
      <Group gap="xs" mt="md">
        <OpenBrowser session={session} label="Open the page again" testId="link-browser-again" />
        {/* Always rendered: a button that appears later would move the next one under the pointer. */}
        <CopyButton
          text={address.data ?? ""}
          disabled={address.data == null}
          label="Copy the link"
          testId="link-browser-copy"
        />
        <CancelLinking cancel={cancel} />
      </Group>
    </InProgressStage>
  );
}

function CancelLinking({ cancel }: { cancel: Act<void, LinkSessionView> }) {
  return (
    <ActButton
      variant="subtle"
      color="gray"
      onClick={() => cancel.run()}
      running={cancel.running}
      runningLabel="Cancelling…"
      data-testid="link-cancel"
    >
      Cancel linking
    </ActButton>
  );
}
