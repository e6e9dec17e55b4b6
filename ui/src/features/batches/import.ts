import { createContext, useContext } from "react";
import type {
  ImportCorrection,
  ImportDraft,
  ImportMapping,
  ImportRequest,
} from "../../api/batches";

export type Step = 0 | 1 | 2 | 3;

/** What the user has said of a file that is not imported yet. */
export interface ImportState {
  draft: ImportDraft | null;
  step: Step;
  pasted: string;
  mapping: ImportMapping | null;
  corrections: ImportCorrection[];
  leftOut: number[];
  name: string;
  rulesetKey: string;
  paymentMethod: string | null;
  recurring: string | null;
  leaveOutErrors: boolean;
  warningsConfirmed: boolean;
}

export const emptyImport: ImportState = {
  draft: null,
  step: 0,
  pasted: "",
  mapping: null,
  corrections: [],
  leftOut: [],
  name: "",
  rulesetKey: "",
  paymentMethod: null,
  recurring: null,
  leaveOutErrors: false,
  warningsConfirmed: false,
};

export interface Importing {
  state: ImportState;
  change: (change: Partial<ImportState>) => void;
  /** Begins anew. */
  clear: () => void;
}

export const ImportContext = createContext<Importing>({
  state: emptyImport,
  change: () => {},
  clear: () => {},
});

export const useImport = () => useContext(ImportContext);

/** What is asked of the desk about the draft. */
export function requestOf(state: ImportState): ImportRequest | null {
  const { draft, mapping, corrections, leftOut } = state;
  return draft && mapping ? { draftId: draft.draftId, mapping, corrections, leftOut } : null;
}
