import { Badge } from "@mantine/core";
import type { InvitationView, LinkSessionView } from "../../api/link";
import { progressOf } from "../../kit/words/invitation";

interface Props {
  session: LinkSessionView;
  invitation: InvitationView;
}

const badgeColors = {
  quiet: ["var(--desk-hover)", "var(--mantine-color-dimmed)"],
  going: ["var(--desk-active)", "var(--desk-active-text)"],
  good: ["var(--desk-good-soft)", "var(--desk-good)"],
  care: ["var(--desk-care-soft)", "var(--desk-care)"],
} as const;

export function ProgressBadge({ session, invitation }: Props) {
  const { words, tone } = progressOf(session, invitation);
  const [ground, text] = badgeColors[tone];
  return (
    <Badge
      radius="sm"
      tt="none"
      style={{ background: ground, color: text, border: 0 }}
      data-testid="invitation-state"
      data-progress={invitation.progress}
    >
      {words}
    </Badge>
  );
}
