/** The confirmations before canceling or renewing an invitation. */
import { Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { InvitationView, LinkSessionView } from "../../api/link";
import { useInvitationActs } from "../../data/invitations";
import { lifetimeHours, lifetimeProblem } from "../../data/linkDraft";
import { ConfirmModal } from "../../kit/components/ConfirmModal";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { formatTime } from "../../kit/format";
import { isOpen } from "../../kit/words/invitation";
import { LifetimeField } from "./LifetimeField";

interface Props {
  session: LinkSessionView;
  invitation: InvitationView;
  opened: boolean;
  onDone?: (session: LinkSessionView) => void;
  onClose: () => void;
}

export function CancelInvitation({ session, invitation, opened, onDone, onClose }: Props) {
  const { cancel } = useInvitationActs(session.sessionId, (answer) => {
    onClose();
    onDone?.(answer);
  });
  return (
    <ConfirmModal
      opened={opened}
      title={`Cancel the link for ${session.personName}?`}
      confirmLabel="Cancel the link"
      dismissLabel="Keep it"
      danger
      act={cancel}
      onConfirm={() => cancel.run()}
      onClose={onClose}
    >
      <Text size="sm">
        Plaid cannot take a link back: until {formatTime(invitation.expiresAt)} it may still open
        for whoever has it. Balance Desk goes on asking Plaid until then, and a bank that is linked
        with it all the same is removed at once.
      </Text>
    </ConfirmModal>
  );
}

export function RenewInvitation({ session, invitation, opened, onDone, onClose }: Props) {
  const [lifetime, setLifetime] = useState<{ lifetime: number | string; unit: "hours" | "days" }>({
    lifetime: 3,
    unit: "days",
  });
  const [error, setError] = useState<string | null>(null);
  const { renew } = useInvitationActs(session.sessionId, (answer) => {
    onClose();
    onDone?.(answer);
  });
  const confirm = () => {
    const wrong = lifetimeProblem(lifetime);
    const hours = lifetimeHours(lifetime);
    setError(wrong);
    if (!wrong && hours !== null) renew.run(hours);
  };
  return (
    <ConfirmModal
      opened={opened}
      title={`A new link for ${session.personName}`}
      confirmLabel="Make the link"
      act={{ ...renew, problem: problemBeside(renew.problem, ["lifetimeHours"]) }}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Stack gap="sm">
        <Text size="sm">
          {isOpen(invitation)
            ? "A new link for the same takes the place of this one, which is cancelled."
            : "A new link for the same."}
        </Text>
        <LifetimeField
          value={lifetime}
          onChange={setLifetime}
          error={error ?? problemAt(renew.problem, "lifetimeHours")}
        />
      </Stack>
    </ConfirmModal>
  );
}
