import type { InvitationView, LinkSessionView } from "../../api/link";
import { formatLeft } from "../format";
import { sessionWhat } from "./link";

export type Tone = "quiet" | "going" | "good" | "care";

export function progressOf(
  session: LinkSessionView,
  { progress }: InvitationView,
): { words: string; tone: Tone } {
  if (session.state === "held") return { words: "Needs a decision", tone: "care" };
  switch (progress) {
    case "notOpened":
      return { words: "Not opened", tone: "quiet" };
    case "started":
      return { words: "Started", tone: "going" };
    case "finished":
      if (session.state === "withdrawn") return { words: "Not added", tone: "care" };
      if (session.state === "failed") return { words: "Not stored", tone: "care" };
      return { words: "Finished", tone: "good" };
    case "expired":
      return { words: "Expired", tone: "quiet" };
    case "cancelled":
      return session.state === "withdrawn"
        ? { words: "Removed again", tone: "care" }
        : { words: "Cancelled", tone: "quiet" };
  }
}

/** True while the customer can still finish it. */
export function isOpen({ progress }: InvitationView): boolean {
  return progress === "notOpened" || progress === "started";
}

/** Open, or waiting for the user's decision. */
export function isCurrent(session: LinkSessionView): boolean {
  return session.state === "held" || (session.invitation !== null && isOpen(session.invitation));
}

export function invitationWhat(session: LinkSessionView): string {
  const what = sessionWhat(session);
  return session.institutionName ? `${what}: ${session.institutionName}` : what;
}

/** "6 days left", "no longer open". */
export function leftWords({ expiresAt }: InvitationView, now: number): string {
  const left = formatLeft(expiresAt, now);
  return left ? `${left} left` : "no longer open";
}
