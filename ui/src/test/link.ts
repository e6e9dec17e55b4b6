/** Link sessions and invitations as the desk would answer. */
import type { InvitationView, LinkSessionView } from "../api/link";
import { ada } from "./accounts";
import { ago } from "./data";

const noEvent = { viewName: null, institutionName: null, errorCode: null, requestId: null };

export function linkSession(changes: Partial<LinkSessionView> = {}): LinkSessionView {
  return {
    sessionId: "session-1",
    state: "opened",
    purpose: "achRisk",
    personName: "Ada Lovelace",
    way: "window",
    repairsItemId: null,
    chooseAccounts: false,
    canContinueInBrowser: true,
    invitation: null,
    duplicate: null,
    createdAt: ago(1),
    endedAt: null,
    institutionName: null,
    itemId: null,
    problem: null,
    exitStatus: null,
    linkSessionId: "356dbb28-7f98-44d1-8e6d-0cec580f3171",
    events: [
      { ...noEvent, at: ago(1), name: "OPEN" },
      {
        ...noEvent,
        at: ago(0),
        name: "SELECT_INSTITUTION",
        institutionName: "First Platypus Bank",
        requestId: "yKvQ4zHnXb0Ls5m",
      },
    ],
    ...changes,
  };
}

/** A new invitation. */
export function invitation(
  sessionId: string,
  how: Partial<InvitationView> = {},
  changes: Partial<LinkSessionView> = {},
): LinkSessionView {
  return linkSession({
    sessionId,
    way: "invitation",
    canContinueInBrowser: false,
    linkSessionId: null,
    events: [],
    ...changes,
    invitation: {
      url: "https://secure.plaid.com/hl/lsjn9r0k8q2t4v7x1z3b5d6f8h0j2l4n",
      note: null,
      language: "en",
      expiresAt: ago(-3 * 24 * 60),
      progress: "notOpened",
      checkedAt: ago(2),
      ...how,
    },
  });
}

/** Invitations in every state, open ones first. */
export const invitations: LinkSessionView[] = [
  invitation("invitation-1", { note: "Order 2041" }),
  invitation(
    "invitation-2",
    { progress: "started", expiresAt: ago(-300), checkedAt: ago(0) },
    {
      personName: "Grace Hopper",
      repairsItemId: "item-gingham",
      institutionName: "First Gingham Credit Union",
      purpose: "balancesOnly",
    },
  ),
  invitation(
    "invitation-3",
    { progress: "finished", url: null, checkedAt: ago(1500) },
    {
      personName: "Katherine Johnson",
      state: "exchanged",
      institutionName: "Tartan Bank",
      itemId: "item-tartan",
      endedAt: ago(1500),
    },
  ),
  invitation(
    "invitation-4",
    { progress: "expired", url: null, expiresAt: ago(6000), checkedAt: ago(5700) },
    { personName: "Edsger Dijkstra", state: "expired", endedAt: ago(5700) },
  ),
  invitation(
    "invitation-5",
    { progress: "cancelled", url: null },
    {
      personName: "Alan Turing",
      state: "withdrawn",
      institutionName: "Houndstooth Bank",
      endedAt: ago(200),
    },
  ),
];

/** A grant that looks like a linked Item. */
export const held: LinkSessionView = linkSession({
  sessionId: "session-held",
  state: "held",
  institutionName: "First Platypus Bank",
  duplicate: {
    decideBy: ago(-24),
    grantedAccounts: [
      { name: "Plaid Checking", mask: "0000" },
      { name: "Plaid Saving", mask: "1111" },
      { name: "Plaid HSA", mask: "9001" },
    ],
    items: [
      {
        itemId: "item-platypus",
        institutionName: "First Platypus Bank",
        person: ada,
        needsAttention: false,
        sameAccounts: [
          { name: "Plaid Checking", mask: "0000" },
          { name: "Plaid Saving", mask: "1111" },
        ],
        otherAccounts: 4,
      },
    ],
  },
});
