import { createContext, useContext } from "react";

/** What a customer is invited to do. */
export type InviteAim =
  | { kind: "newBank" }
  | { kind: "repair"; itemId: string; chooseAccounts?: boolean };

/** Linking a bank, reachable from every screen. */
export interface LinkDoor {
  /** Asks what for and for whom, or shows the session that is under way. */
  open: () => void;
  /** Lets the person sign in again to an Item, or also choose its accounts (Link's update mode). */
  repair: (itemId: string, chooseAccounts?: boolean) => void;
  /** Asks what a link for a customer is to do, and makes it. */
  invite: (aim: InviteAim) => void;
  /** Hands a session over to the system's browser. */
  continueInBrowser: (sessionId: string) => void;
  /** The browser is being opened. */
  openingBrowser: boolean;
  /** Shows one session. */
  show: (sessionId: string) => void;
  /** Whether somebody is linking in the Link window or in the browser. */
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
