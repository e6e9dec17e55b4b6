/** The form "Link a bank", for linking on this computer and for invitations. */
import type { UseFormReturnType } from "@mantine/form";
import type { PersonView } from "../api/items";
import type { InvitationRequest, LinkRequest, PersonChoice, Purpose } from "../api/link";
import type { InviteAim } from "../kit/navigation/link";

export interface LinkDraft {
  /** Link on this computer, or send a link to a customer. */
  way: "window" | "invitation";
  aim: "newBank" | "repair";
  itemId: string | null;
  chooseAccounts: boolean;
  purpose: Purpose;
  products: string[];
  personName: string;
  note: string;
  lifetime: number | string;
  unit: "hours" | "days";
  /** Null for the language in the settings. */
  language: string | null;
}

export type LinkDraftForm = UseFormReturnType<LinkDraft>;

export const emptyDraft: LinkDraft = {
  way: "window",
  aim: "newBank",
  itemId: null,
  chooseAccounts: false,
  purpose: "achRisk",
  products: ["auth"],
  personName: "",
  note: "",
  lifetime: 3,
  unit: "days",
  language: null,
};

/** Plaid's limit: 21 days. */
export const LONGEST_HOURS = 21 * 24;
const LONGEST_NOTE = 120;

export function inviting(aim: InviteAim): Partial<LinkDraft> {
  if (aim.kind === "newBank") return { way: "invitation", aim: "newBank" };
  const chooseAccounts = aim.chooseAccounts ?? false;
  return { way: "invitation", aim: "repair", itemId: aim.itemId, chooseAccounts };
}

/** Lifetime in hours; null if it isn't a whole number. */
export function lifetimeHours({ lifetime, unit }: Pick<LinkDraft, "lifetime" | "unit">) {
  const number = typeof lifetime === "number" ? lifetime : Number.NaN;
  return Number.isInteger(number) ? number * (unit === "days" ? 24 : 1) : null;
}

export function lifetimeProblem(typed: Pick<LinkDraft, "lifetime" | "unit">): string | null {
  const hours = lifetimeHours(typed);
  return hours !== null && hours >= 1 && hours <= LONGEST_HOURS
    ? null
    : `From 1 hour to ${LONGEST_HOURS / 24} days.`;
}

function forNewBank({ way, aim }: LinkDraft): boolean {
  return way === "window" || aim === "newBank";
}

export const draftProblems = {
  personName: (typed: string, draft: LinkDraft) =>
    !forNewBank(draft) || typed.trim() ? null : "Enter a name.",
  products: (chosen: string[], draft: LinkDraft) =>
    forNewBank(draft) && draft.purpose === "balancesOnly" && chosen.length === 0
      ? "Choose at least one."
      : null,
  itemId: (chosen: string | null, draft: LinkDraft) =>
    forNewBank(draft) || chosen ? null : "Choose a bank.",
  note: (typed: string) =>
    [...typed.trim()].length > LONGEST_NOTE ? `At most ${LONGEST_NOTE} characters.` : null,
  lifetime: (_: unknown, draft: LinkDraft) =>
    draft.way === "invitation" ? lifetimeProblem(draft) : null,
};

/** An unknown name creates a new customer. */
function personFor(name: string, people: PersonView[]): PersonChoice {
  const known = people.find((person) => person.name === name.trim());
  return known ? { kind: "known", personId: known.personId } : { kind: "new", name };
}

export function linkRequest(draft: LinkDraft, people: PersonView[]): LinkRequest {
  return {
    purpose: draft.purpose,
    products: draft.purpose === "balancesOnly" ? draft.products : [],
    person: personFor(draft.personName, people),
  };
}

export function invitationRequest(
  draft: LinkDraft,
  people: PersonView[],
  usualLanguage: string,
): InvitationRequest {
  const aim: InvitationRequest["aim"] =
    draft.aim === "repair"
      ? { kind: "repair", itemId: draft.itemId ?? "", chooseAccounts: draft.chooseAccounts }
      : { kind: "newBank", ...linkRequest(draft, people) };
  return {
    aim,
    note: draft.note.trim() || null,
    lifetimeHours: lifetimeHours(draft) ?? 0,
    language: draft.language ?? usualLanguage,
  };
}
