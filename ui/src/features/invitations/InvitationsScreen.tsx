import { ActionIcon, Button, Menu, Text, Title, UnstyledButton } from "@mantine/core";
import {
  IconCalendarPlus,
  IconDots,
  IconMail,
  IconQrcode,
  IconRefresh,
  IconSend,
  IconX,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { InvitationView, LinkSessionView } from "../../api/link";
import { useInvitationActs, useInvitations } from "../../data/invitations";
import { Age } from "../../kit/components/Age";
import { CopyButton } from "../../kit/components/CopyText";
import { EmptyState } from "../../kit/components/EmptyState";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Screen } from "../../kit/components/Screen";
import { Waiting } from "../../kit/components/Waiting";
import { useNow } from "../../kit/hooks/useNow";
import { useLink } from "../../kit/navigation/link";
import { invitationWhat, isCurrent, isOpen, leftWords } from "../../kit/words/invitation";
import { CancelInvitation, RenewInvitation } from "./ConfirmInvitation";
import classes from "./InvitationsScreen.module.css";
import { ProgressBadge } from "./ProgressBadge";

export function InvitationsScreen({ notice }: { notice: ReactNode }) {
  const { data, error, refetch } = useInvitations();
  const { invite } = useLink();
  const open = data?.filter(isCurrent) ?? [];
  const ended = data?.filter((session) => !isCurrent(session)) ?? [];
  const some = open.length + ended.length > 0;
  const button = (label: string, testId: string) => (
    <Button
      variant={some ? "default" : "filled"}
      leftSection={<IconSend size={16} aria-hidden />}
      onClick={() => invite({ kind: "newBank" })}
      data-testid={testId}
    >
      {label}
    </Button>
  );
  return (
    <Screen title="Invitations" actions={some ? button("Send to a customer", "invite") : null}>
      {notice}
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Waiting>Reading the invitations…</Waiting> : null}
      {data && !some ? (
        <EmptyState
          icon={<IconSend size={40} stroke={1.4} />}
          title="No link has been sent yet"
          action={button("Send to a customer", "empty-invite")}
        >
          A customer who is not at this desk can link their bank on their own phone or computer. You
          get a link for them, valid from an hour to 21 days; what they linked appears here by
          itself.
        </EmptyState>
      ) : null}
      {open.length > 0 ? <InvitationList title="Open" sessions={open} /> : null}
      {ended.length > 0 ? (
        <InvitationList title="Ended in the last 30 days" sessions={ended} />
      ) : null}
    </Screen>
  );
}

function InvitationList({ title, sessions }: { title: string; sessions: LinkSessionView[] }) {
  return (
    <section aria-label={title} className={classes.list}>
      <Title order={2} mb={6}>
        {title}{" "}
        <Text span size="sm" c="dimmed" fw={400}>
          {sessions.length}
        </Text>
      </Title>
      <ul className={`panel plainList ${classes.rows}`}>
        {sessions.map((session) =>
          session.invitation ? (
            <InvitationRow
              key={session.sessionId}
              session={session}
              invitation={session.invitation}
            />
          ) : null,
        )}
      </ul>
    </section>
  );
}

interface RowProps {
  session: LinkSessionView;
  invitation: InvitationView;
}

function InvitationRow({ session, invitation }: RowProps) {
  const now = useNow();
  const { show } = useLink();
  const open = isOpen(invitation);
  const acts = useInvitationActs(session.sessionId);
  const problem = acts.check.problem ?? acts.mail.problem;
  return (
    <li data-testid="invitation-row" data-progress={invitation.progress}>
      <div className={classes.row}>
        <UnstyledButton
          className={classes.who}
          onClick={() => show(session.sessionId)}
          data-testid="invitation-open"
        >
          <Text span size="sm" fw={600} display="block" className="breakable">
            {session.personName}
          </Text>
          <Text span size="xs" c="dimmed" display="block" className="breakable">
            {invitationWhat(session)}
            {invitation.note ? ` · ${invitation.note}` : ""}
          </Text>
        </UnstyledButton>
        <span>
          <ProgressBadge session={session} invitation={invitation} />
        </span>
        <Text size="sm" className="tabular">
          {open ? (
            leftWords(invitation, now)
          ) : session.endedAt ? (
            <>
              ended <Age at={session.endedAt} />
            </>
          ) : (
            leftWords(invitation, now)
          )}
          <Text span size="xs" c="dimmed" display="block" role="status">
            {acts.check.running ? (
              "asking Plaid…"
            ) : invitation.checkedAt ? (
              <>
                checked <Age at={invitation.checkedAt} />
              </>
            ) : (
              "not checked yet"
            )}
          </Text>
        </Text>
        {invitation.url ? (
          <CopyButton
            size="compact-sm"
            text={invitation.url}
            label="Copy link"
            testId="invitation-row-copy"
          />
        ) : (
          <span />
        )}
        <RowMenu session={session} invitation={invitation} acts={acts} />
      </div>
      {problem ? (
        <div className={classes.problem}>
          <ProblemNotice problem={problem} />
        </div>
      ) : null}
    </li>
  );
}

function RowMenu({
  session,
  invitation,
  acts,
}: RowProps & { acts: ReturnType<typeof useInvitationActs> }) {
  const { show } = useLink();
  const [asking, setAsking] = useState<"cancel" | "renew" | null>(null);
  const open = isOpen(invitation);
  const done = () => setAsking(null);
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={`More for the link of ${session.personName}`}
            data-testid="invitation-menu"
          >
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconQrcode size={16} />} onClick={() => show(session.sessionId)}>
            {open ? "Show link and QR code" : "Show details"}
          </Menu.Item>
          {open ? (
            <Menu.Item leftSection={<IconMail size={16} />} onClick={() => acts.mail.run()}>
              E-mail draft
            </Menu.Item>
          ) : null}
          {open || invitation.progress === "cancelled" ? (
            <Menu.Item
              leftSection={<IconRefresh size={16} />}
              onClick={() => acts.check.run()}
              data-testid="invitation-menu-check"
            >
              Check now
            </Menu.Item>
          ) : null}
          <Menu.Item
            leftSection={<IconCalendarPlus size={16} />}
            onClick={() => setAsking("renew")}
            data-testid="invitation-menu-renew"
          >
            {open ? "Renew…" : "Make a new link…"}
          </Menu.Item>
          {open ? (
            <>
              <Menu.Divider />
              <Menu.Item
                color="var(--desk-bad)"
                leftSection={<IconX size={16} />}
                onClick={() => setAsking("cancel")}
                data-testid="invitation-menu-cancel"
              >
                Cancel the link…
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <CancelInvitation
        session={session}
        invitation={invitation}
        opened={asking === "cancel"}
        onClose={done}
      />
      <RenewInvitation
        session={session}
        invitation={invitation}
        opened={asking === "renew"}
        onDone={(renewed) => show(renewed.sessionId)}
        onClose={done}
      />
    </>
  );
}
