import { createContext, useContext } from "react";

/** Actions that a problem can offer. Each part of the window provides those it supports. */
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
