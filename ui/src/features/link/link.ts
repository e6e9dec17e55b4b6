import { createContext, useContext } from "react";

/** Linking a bank, reachable from every screen. */
export interface LinkDoor {
  /** Asks what for and for whom, or shows the session that is under way. */
  open: () => void;
  /** Lets the person sign in again to an Item (Link's update mode). */
  repair: (itemId: string) => void;
  /** Whether a Link window is open. */
  waiting: boolean;
}

export const LinkContext = createContext<LinkDoor>({
  open: () => {},
  repair: () => {},
  waiting: false,
});

export const useLink = () => useContext(LinkContext);
