import { createContext, useContext } from "react";

/** What the next steps of a problem lead to; each part of the window supplies what it can do. */
export interface ProblemActions {
  repairItem?: (itemId: string) => void;
  chooseAccounts?: (itemId: string) => void;
  continueInBrowser?: (sessionId: string) => void;
  linkAgain?: () => void;
  checkKeys?: () => void;
  askStatusAgain?: () => void;
}

export const ProblemActionsContext = createContext<ProblemActions>({});

export const useProblemActions = () => useContext(ProblemActionsContext);
