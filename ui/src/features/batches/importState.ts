import { createContext, useContext } from "react";
import type {
  ImportCorrection,
  ImportDraft,
  ImportMapping,
  ImportRequest,
} from "../../api/batches";

export type ImportStep = 0 | 1 | 2 | 3;

/** The user's choices for a file that isn't imported yet. */
export interface ImportState {
  draft: ImportDraft | null;
  step: ImportStep;
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

export interface ImportContextValue {
  state: ImportState;
  change: (change: Partial<ImportState>) => void;
  clear: () => void;
}

export const ImportContext = createContext<ImportContextValue>({
  state: emptyImport,
  change: () => {},
  clear: () => {},
});

export const useImport = () => useContext(ImportContext);

/** The request that describes the draft to the desk. */
export function importRequest(state: ImportState): ImportRequest | null {
  const { draft, mapping, corrections, leftOut } = state;
  return draft && mapping ? { draftId: draft.draftId, mapping, corrections, leftOut } : null;
}
