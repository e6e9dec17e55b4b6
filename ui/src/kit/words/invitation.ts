/** How far an invitation is, in words and in a colour. */
import type { InvitationView, LinkSessionView } from "../../api/link";
import { formatLeft } from "../format";
import { sessionWhat } from "./link";

export type Tone = "quiet" | "going" | "good" | "care";

/** Where an invitation stands. */
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

/** Whether the customer can still come to an end with it. */
export function isOpen({ progress }: InvitationView): boolean {
  return progress === "notOpened" || progress === "started";
}

/** Whether it is listed among those that are not over: open, or waiting for the user. */
export function isCurrent(session: LinkSessionView): boolean {
  return session.state === "held" || (session.invitation !== null && isOpen(session.invitation));
}

/** What the customer is asked to do. */
export function invitationWhat(session: LinkSessionView): string {
  const what = sessionWhat(session);
  return session.institutionName ? `${what}: ${session.institutionName}` : what;
}

/** "6 days left", "no longer open". */
export function leftWords({ expiresAt }: InvitationView, now: number): string {
  const left = formatLeft(expiresAt, now);
  return left ? `${left} left` : "no longer open";
}
