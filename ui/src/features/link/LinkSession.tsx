import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconDoorExit, IconTrashX } from "@tabler/icons-react";
import { type ComponentType, useState } from "react";
import type { InvitationView, LinkSessionView } from "../../api/link";
import { useItems } from "../../data/items";
import { Disclosure } from "../../kit/components/Disclosure";
import { ProblemBelow } from "../../kit/components/ProblemBelow";
import { count } from "../../kit/format";
import { useStandsAbove } from "../../kit/hooks/dialogsAbove";
import { useNavigation } from "../../kit/navigation/route";
import { accountKind, accountTitle } from "../../kit/words/account";
import { exitWords, hasEnded, hasSucceeded } from "../../kit/words/link";
import { DuplicateDecision } from "./DuplicateDecision";
import { LinkEvents } from "./LinkEvents";
import { LinkHistory } from "./LinkHistory";
import { Waiting } from "./LinkInProgress";
import { type SessionProps, StageHead } from "./LinkParts";

type Props = SessionProps & { Invitation: ComponentType<InvitationProps> };

export interface InvitationProps extends SessionProps {
  invitation: InvitationView;
}

/** A Link session in any state. */
export function LinkSession(props: Props) {
  const { session } = props;
  return (
    <Stack gap="md">
      <Stage {...props} />
      <Disclosure label="Details for support" testId="link-details">
        <LinkEvents session={session} />
        <AllSessions />
      </Disclosure>
    </Stack>
  );
}

function AllSessions() {
  const [opened, setOpened] = useState(false);
  useStandsAbove(opened);
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        mt={6}
        onClick={() => setOpened(true)}
        data-testid="link-all-sessions"
      >
        All sessions…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Linking history" size={760}>
        <LinkHistory />
      </Modal>
    </>
  );
}

function Stage(props: Props) {
  const { session, Invitation } = props;
  if (session.state === "held") return <DuplicateDecision {...props} />;
  if (session.invitation && !hasSucceeded(session)) {
    return <Invitation {...props} invitation={session.invitation} />;
  }
  if (session.state === "withdrawn") return <WithdrawnStage {...props} />;
  if (hasSucceeded(session)) return <SucceededStage {...props} />;
  return hasEnded(session) ? <FailedStage {...props} /> : <Waiting {...props} />;
}

function SucceededStage({ session, onAgain, onClose }: SessionProps) {
  const { go } = useNavigation();
  const items = useItems();
  const item = items.data?.items.find(({ itemId }) => itemId === session.itemId);
  const name = item?.institutionName ?? session.institutionName ?? "The bank";
  const repaired = session.repairsItemId !== null;
  return (
    <div data-testid="link-done" role="status">
      <StageHead
        icon={<IconCircleCheck size={26} color="var(--desk-good)" />}
        title={repaired ? `${name} works again` : `${name} is linked`}
      >
        <Text size="sm" c="dimmed" className="breakable">
          For {session.personName}
          {item ? `: ${count(item.accounts.length, "account")} found` : ""}
        </Text>
        <List size="sm" mt={8} withPadding={false}>
          {item?.accounts.map((account) => (
            <List.Item key={account.accountId}>
              {accountTitle(account)}{" "}
              <Text span size="xs" c="dimmed">
                {accountKind(account)}
              </Text>
            </List.Item>
          ))}
        </List>
      </StageHead>
      <ProblemBelow problem={session.problem} />
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
        {repaired || session.invitation ? null : (
          <Button variant="default" onClick={onAgain} data-testid="link-again">
            Link another bank
          </Button>
        )}
      </Group>
    </div>
  );
}

function WithdrawnStage({ session, onAgain, onClose }: SessionProps) {
  const name = session.institutionName ?? "The bank";
  return (
    <div data-testid="link-withdrawn" role="status">
      <StageHead
        icon={<IconTrashX size={24} color="var(--desk-care)" />}
        title={`${name} was not added`}
      >
        <Text size="sm" c="dimmed" className="breakable">
          The bank had agreed, so the new Item was removed at Plaid at once. Nothing of it stays
          here or there.
        </Text>
      </StageHead>
      <ProblemBelow problem={session.problem} />
      <Group gap="xs" mt="md">
        <Button onClick={onClose} data-autofocus data-testid="link-close">
          Close
        </Button>
        <Button variant="default" onClick={onAgain} data-testid="link-again">
          Link another bank
        </Button>
      </Group>
    </div>
  );
}

/** How a session without a result ended. The problem, if any, says the rest. */
function endWords(session: LinkSessionView): string {
  const { state, problem } = session;
  const changed = session.repairsItemId ? "Nothing was changed." : "Nothing was linked.";
  if (problem?.kind === "cancelled") return problem.message;
  // The grant exists but its token is lost: only the problem explains that.
  if (problem && (state === "expired" || state === "failed")) return "";
  if (state === "expired") return `The time to finish ran out. ${changed}`;
  if (state === "failed") return changed;
  return `${exitWords(session)} ${changed}`;
}

function FailedStage({ session, onAgain, onClose }: SessionProps) {
  const failed = session.state === "failed" || session.state === "expired";
  const notDone = session.repairsItemId ? "Signing in again did not work" : "Linking did not work";
  // What the user closed or canceled isn't a failure.
  const fault = session.problem?.kind === "cancelled" ? null : session.problem;
  return (
    <div data-testid={failed ? "link-failed" : "link-exited"} data-state={session.state}>
      <StageHead
        icon={<IconDoorExit size={24} color="var(--desk-care)" />}
        title={failed ? notDone : "Link was left before the end"}
      >
        <Text size="sm" c="dimmed" className="breakable" role="status">
          {endWords(session)}
        </Text>
      </StageHead>
      <ProblemBelow problem={fault} onRetry={onAgain} />
      <Group gap="xs" mt="md">
        <Button onClick={onAgain} data-autofocus data-testid="link-again">
          {session.repairsItemId ? "Sign in again" : "Start again"}
        </Button>
        <Button variant="default" onClick={onClose} data-testid="link-close">
          Close
        </Button>
      </Group>
    </div>
  );
}
