import { createContext, useContext } from "react";

export type InviteAim =
  | { kind: "newBank" }
  | { kind: "repair"; itemId: string; chooseAccounts?: boolean };

/** Opens the Link dialog from any screen. */
export interface LinkDoor {
  /** Opens the form, or the session in progress. */
  open: () => void;
  /** Starts Link's update mode. */
  repair: (itemId: string, chooseAccounts?: boolean) => void;
  /** Opens the form for an invitation. */
  invite: (aim: InviteAim) => void;
  continueInBrowser: (sessionId: string) => void;
  openingBrowser: boolean;
  show: (sessionId: string) => void;
  /** True while a session is open in the Link window or the browser. */
  waiting: boolean;
}

export const LinkContext = createContext<LinkDoor>({
  open: () => {},
  repair: () => {},
  invite: () => {},
  continueInBrowser: () => {},
  openingBrowser: false,
  show: () => {},
  waiting: false,
});

export const useLink = () => useContext(LinkContext);
