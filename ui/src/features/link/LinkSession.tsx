import { Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconDoorExit } from "@tabler/icons-react";
import type { LinkSessionView } from "../../bindings/link";
import type { Problem } from "../../bindings/problem";
import { ActButton } from "../../components/ActButton";
import { Disclosure } from "../../components/Disclosure";
import { ProblemNotice } from "../../components/ProblemNotice";
import { count } from "../../format";
import { useNavigation } from "../../frame/route";
import { useAct } from "../../hooks/useAct";
import { link } from "../../ipc";
import { useItems } from "../items/useItems";
import { accountKind, accountTitle } from "../items/words";
import { LinkEvents } from "./LinkEvents";
import { eventWords, exitWords, hasEnded, hasSucceeded, isLookedUp } from "./words";

interface Props {
  session: LinkSessionView;
  onCancelled: (session: LinkSessionView) => void;
  /** Begins again: the form, or the sign-in to the same Item. */
  onAgain: () => void;
  onClose: () => void;
}

/** One Link session: under way, done, left or failed. */
export function LinkSession(props: Props) {
  const { session } = props;
  return (
    <Stack gap="md">
      {hasSucceeded(session) ? (
        <Done {...props} />
      ) : hasEnded(session) ? (
        <NotDone {...props} />
      ) : (
        <Waiting {...props} />
      )}
      <Disclosure label="Details for support" testId="link-details">
        <LinkEvents session={session} />
      </Disclosure>
    </Stack>
  );
}

function Waiting({ session, onCancelled }: Props) {
  const focus = useAct(() => link.focus(session.sessionId));
  const cancel = useAct(() => link.cancel(session.sessionId), onCancelled);
  const last = session.events.at(-1);
  const storing = session.state === "succeeded";
  const lookedUp = isLookedUp(session);
  return (
    <div data-testid="link-waiting" data-state={session.state}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Loader size="sm" mt={3} aria-hidden />
        <div>
          <Title order={3} fz="1rem">
            {storing
              ? "The bank agreed"
              : lookedUp
                ? "Finding out whether the bank agreed"
                : "Continue in the Link window"}
          </Title>
          <Text size="sm" c="dimmed" mt={2} className="breakable">
            {storing
              ? "Storing the connection. Nothing that was granted gets lost, even if this window closes now."
              : lookedUp
                ? "The Link window is closed. Another bank can be linked meanwhile."
                : `${session.personName} signs in there. This page follows along; what is typed there never passes through it.`}
          </Text>
          <Text size="sm" mt={8} role="status">
            {last ? eventWords(last) : "Opening…"}
          </Text>
        </div>
      </Group>
      <Beside problem={session.problem} />
      <Beside problem={focus.problem} />
      <Beside problem={cancel.problem} />
      {storing || lookedUp ? null : (
        <Group gap="xs" mt="md">
          <ActButton
            onClick={() => focus.run()}
            running={focus.running}
            runningLabel="One moment…"
            data-testid="link-focus"
          >
            Bring it forward
          </ActButton>
          <ActButton
            variant="default"
            onClick={() => cancel.run()}
            running={cancel.running}
            runningLabel="Cancelling…"
            data-testid="link-cancel"
          >
            Cancel linking
          </ActButton>
        </Group>
      )}
    </div>
  );
}

function Beside({ problem }: { problem: Problem | null }) {
  return problem ? (
    <div style={{ marginTop: 10 }}>
      <ProblemNotice problem={problem} />
    </div>
  ) : null;
}

function Done({ session, onAgain, onClose }: Props) {
  const { go } = useNavigation();
  const items = useItems();
  const item = items.data?.items.find(({ itemId }) => itemId === session.itemId);
  const name = item?.institutionName ?? session.institutionName ?? "The bank";
  const repaired = session.repairsItemId !== null;
  return (
    <div data-testid="link-done" role="status">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <IconCircleCheck size={26} color="var(--desk-good)" style={{ flex: "none" }} aria-hidden />
        <div style={{ minWidth: 0 }}>
          <Title order={3} fz="1rem" className="breakable">
            {repaired ? `${name} works again` : `${name} is linked`}
          </Title>
          <Text size="sm" c="dimmed" className="breakable">
            For {session.personName}
            {item ? `: ${count(item.accounts.length, "account")} found` : ""}
          </Text>
          <ul style={{ margin: "8px 0 0", paddingInlineStart: 18, fontSize: "0.8125rem" }}>
            {item?.accounts.map((account) => (
              <li key={account.accountId}>
                {accountTitle(account)}{" "}
                <Text span size="xs" c="dimmed">
                  {accountKind(account)}
                </Text>
              </li>
            ))}
          </ul>
        </div>
      </Group>
      <Beside problem={session.problem} />
      <Group gap="xs" mt="md">
        <Button
          data-autofocus
          onClick={() => {
            onClose();
            go({ screen: "accounts" });
          }}
          data-testid="link-to-accounts"
        >
          Go to Accounts
        </Button>
        {repaired ? null : (
          <Button variant="default" onClick={onAgain} data-testid="link-again">
            Link another bank
          </Button>
        )}
      </Group>
    </div>
  );
}

function NotDone({ session, onAgain, onClose }: Props) {
  const failed = session.state === "failed" || session.state === "expired";
  const again = session.repairsItemId ? "Sign in again" : "Start again";
  return (
    <div data-testid={failed ? "link-failed" : "link-exited"} data-state={session.state}>
      <Group gap="sm" wrap="nowrap" align="flex-start" mb={session.problem ? "sm" : 0}>
        <IconDoorExit size={24} color="var(--desk-care)" style={{ flex: "none" }} aria-hidden />
        <div style={{ minWidth: 0 }}>
          <Title order={3} fz="1rem">
            {failed ? "Linking did not work" : "Link was left before the end"}
          </Title>
          <Text size="sm" c="dimmed" className="breakable" role="status">
            {session.state === "expired"
              ? "The time to finish ran out. Nothing was linked."
              : failed
                ? "Nothing was linked."
                : `${exitWords(session)} Nothing was linked.`}
          </Text>
        </div>
      </Group>
      {session.problem ? <ProblemNotice problem={session.problem} onRetry={onAgain} /> : null}
      <Group gap="xs" mt="md">
        <Button onClick={onAgain} data-autofocus data-testid="link-again">
          {again}
        </Button>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </div>
  );
}
