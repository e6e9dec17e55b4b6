import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconMail, IconQrcode } from "@tabler/icons-react";
import { QRCodeSVG } from "qrcode.react";
import { useState } from "react";
import type { InvitationView, LinkSessionView } from "../../api/link";
import { useInvitationActs } from "../../data/invitations";
import { useSettings } from "../../data/settings";
import { ActButton } from "../../kit/components/ActButton";
import { Age } from "../../kit/components/Age";
import { CopyButton } from "../../kit/components/CopyText";
import { ProblemBelow } from "../../kit/components/ProblemBelow";
import { formatTime } from "../../kit/format";
import { useNow } from "../../kit/hooks/useNow";
import { purposeWords } from "../../kit/words/account";
import { invitationWhat, isOpen, leftWords } from "../../kit/words/invitation";
import { exitWords } from "../../kit/words/link";
import { CancelInvitation, RenewInvitation } from "./ConfirmInvitation";
import classes from "./Invitation.module.css";
import { ProgressBadge } from "./ProgressBadge";
import { QrSheet } from "./QrSheet";

interface Props {
  session: LinkSessionView;
  invitation: InvitationView;
  onChanged: (session: LinkSessionView) => void;
  onClose: () => void;
}

/** The link while it is open, its progress, and its actions. */
export function Invitation(props: Props) {
  const { session, invitation, onChanged, onClose } = props;
  const { check, mail } = useInvitationActs(session.sessionId);
  const [asking, setAsking] = useState<"cancel" | "renew" | null>(null);
  const open = isOpen(invitation);
  return (
    <div data-testid="invitation" data-progress={invitation.progress}>
      <Title order={3} fz="1rem" className="breakable">
        {open ? `A link for ${session.personName}` : `The link for ${session.personName}`}
      </Title>
      <Text size="sm" c="dimmed" mt={2} className="breakable">
        <ProgressSentence {...props} />
      </Text>
      {invitation.url ? (
        <InvitationLink {...props} url={invitation.url} onMail={() => mail.run()} />
      ) : null}
      <InvitationFacts {...props} />
      {/* The sentence above already covers an end without a failure. */}
      <ProblemBelow problem={open || session.state === "failed" ? session.problem : null} />
      <ProblemBelow problem={check.problem} />
      <ProblemBelow problem={mail.problem} />
      <Group gap="xs" mt="md">
        <Button onClick={onClose} data-testid="invitation-close">
          Close
        </Button>
        {open || invitation.progress === "cancelled" ? (
          <ActButton
            variant="default"
            onClick={() => check.run()}
            running={check.running}
            runningLabel="Asking Plaid…"
            data-testid="invitation-check"
          >
            Check now
          </ActButton>
        ) : null}
        <Button variant="default" onClick={() => setAsking("renew")} data-testid="invitation-renew">
          {open ? "Renew…" : "Make a new link…"}
        </Button>
        {open ? (
          <Button
            variant="subtle"
            color="gray"
            onClick={() => setAsking("cancel")}
            data-testid="invitation-cancel"
          >
            Cancel the link…
          </Button>
        ) : null}
      </Group>
      <CancelInvitation
        session={session}
        invitation={invitation}
        opened={asking === "cancel"}
        onDone={onChanged}
        onClose={() => setAsking(null)}
      />
      <RenewInvitation
        session={session}
        invitation={invitation}
        opened={asking === "renew"}
        onDone={onChanged}
        onClose={() => setAsking(null)}
      />
    </div>
  );
}

function ProgressSentence({ session, invitation }: Props) {
  const until = formatTime(invitation.expiresAt);
  switch (invitation.progress) {
    case "notOpened":
      return `Nobody has opened it yet. It opens until ${until}, on any device and for whoever has it: send it to ${session.personName} alone.`;
    case "started":
      return `It was opened and has not come to an end yet. It can be opened again until ${until}.${
        session.exitStatus ? ` ${exitWords(session)}` : ""
      }`;
    case "finished":
      return session.state === "withdrawn"
        ? "The bank agreed. As you decided, the new Item was removed at Plaid at once."
        : "The bank agreed. The connection is being stored.";
    case "expired":
      return `It opened until ${until}, and nothing was linked with it.`;
    case "cancelled":
      return session.state === "withdrawn"
        ? "It was cancelled and finished all the same. What the bank granted was removed at Plaid at once: nothing of it stays here or there."
        : `It was cancelled. Plaid cannot take a link back, so it may open until ${until}; what is granted all the same is removed at once.`;
  }
}

function InvitationLink({
  session,
  invitation,
  url,
  onMail,
}: Props & { url: string; onMail: () => void }) {
  const [large, setLarge] = useState(false);
  return (
    <div className={classes.address}>
      <Stack gap="sm" style={{ minWidth: 0 }}>
        <div className={`code ${classes.url}`} data-testid="invitation-url">
          {url}
        </div>
        <Group gap="xs">
          <CopyButton variant="filled" text={url} label="Copy the link" testId="invitation-copy" />
          <Button
            variant="default"
            leftSection={<IconMail size={16} aria-hidden />}
            onClick={onMail}
            data-testid="invitation-mail"
          >
            E-mail draft
          </Button>
        </Group>
      </Stack>
      <button
        type="button"
        className={classes.qr}
        onClick={() => setLarge(true)}
        data-testid="invitation-qr"
      >
        <QRCodeSVG value={url} size={116} level="M" marginSize={2} title="QR code of the link" />
        <span>
          <IconQrcode size={13} aria-hidden /> Larger, to show or print
        </span>
      </button>
      <QrSheet
        session={session}
        invitation={invitation}
        url={url}
        opened={large}
        onClose={() => setLarge(false)}
      />
    </div>
  );
}

function InvitationFacts({ session, invitation }: Props) {
  const now = useNow();
  const settings = useSettings();
  const language =
    settings.data?.languages.find(({ code }) => code === invitation.language)?.name ??
    invitation.language;
  return (
    <dl className={classes.facts}>
      <div>
        <dt>State</dt>
        <dd>
          <ProgressBadge session={session} invitation={invitation} />
          <Text span size="xs" c="dimmed">
            {invitation.checkedAt ? (
              <>
                checked <Age at={invitation.checkedAt} />
              </>
            ) : (
              "not checked yet"
            )}
          </Text>
        </dd>
      </div>
      {isOpen(invitation) ? (
        <div>
          <dt>Opens</dt>
          <dd>
            until {formatTime(invitation.expiresAt)} ({leftWords(invitation, now)})
          </dd>
        </div>
      ) : null}
      <div>
        <dt>To do</dt>
        <dd className="breakable">
          {invitationWhat(session)} · {purposeWords[session.purpose]}
        </dd>
      </div>
      {invitation.note ? (
        <div>
          <dt>What for</dt>
          <dd className="breakable">{invitation.note}</dd>
        </div>
      ) : null}
      <div>
        <dt>Language</dt>
        <dd>{language}</dd>
      </div>
    </dl>
  );
}
