/** What is typed into "Link a bank", for linking here and for a link that is sent alike. */
import type { UseFormReturnType } from "@mantine/form";
import type { PersonView } from "../api/items";
import type { InvitationRequest, LinkRequest, PersonChoice, Purpose } from "../api/link";
import type { InviteAim } from "../kit/navigation/link";

export interface LinkDraft {
  /** Who links: the person at this desk, or somebody the link is sent to. */
  way: "window" | "invitation";
  aim: "newBank" | "repair";
  /** The Item of a repair. */
  itemId: string | null;
  chooseAccounts: boolean;
  purpose: Purpose;
  products: string[];
  personName: string;
  note: string;
  lifetime: number | string;
  unit: "hours" | "days";
  /** Null: the language of the settings. */
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

/** Plaid opens a link for 21 days at most. */
export const LONGEST_HOURS = 21 * 24;
const LONGEST_NOTE = 120;

/** The draft for what a customer is to do; what was typed before stays. */
export function inviting(aim: InviteAim): Partial<LinkDraft> {
  if (aim.kind === "newBank") return { way: "invitation", aim: "newBank" };
  const chooseAccounts = aim.chooseAccounts ?? false;
  return { way: "invitation", aim: "repair", itemId: aim.itemId, chooseAccounts };
}

/** How long a link is to open, in hours; null while that is no whole number. */
export function lifetimeHours({ lifetime, unit }: Pick<LinkDraft, "lifetime" | "unit">) {
  const number = typeof lifetime === "number" ? lifetime : Number.NaN;
  return Number.isInteger(number) ? number * (unit === "days" ? 24 : 1) : null;
}

/** What is wrong with a lifetime, or null. */
export function lifetimeProblem(typed: Pick<LinkDraft, "lifetime" | "unit">): string | null {
  const hours = lifetimeHours(typed);
  return hours !== null && hours >= 1 && hours <= LONGEST_HOURS
    ? null
    : `From 1 hour to ${LONGEST_HOURS / 24} days.`;
}

function forNewBank({ way, aim }: LinkDraft): boolean {
  return way === "window" || aim === "newBank";
}

/** What is wrong with a draft, by field. */
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

/** The known person of exactly this name; a name nobody has makes a new one. */
function personFor(name: string, people: PersonView[]): PersonChoice {
  const known = people.find((person) => person.name === name.trim());
  return known ? { kind: "known", personId: known.personId } : { kind: "new", name };
}

/** The request for linking here. */
export function linkRequest(draft: LinkDraft, people: PersonView[]): LinkRequest {
  return {
    purpose: draft.purpose,
    products: draft.purpose === "balancesOnly" ? draft.products : [],
    person: personFor(draft.personName, people),
  };
}

/** The request for a link that is sent. */
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
