/** Opening the panel of one account, or of what all accounts of a currency come to, from anywhere in the workplace. */
import { createContext, useContext } from "react";

/** What a panel is opened with. */
export type PanelPart = "history" | "support";

/** What the panel shows. */
export type PanelOf =
  | { kind: "account"; accountId: string; part: PanelPart }
  | { kind: "total"; currency: string };

export interface AccountPanel {
  /** Shows an account: how its balances moved, its readings, its mark; or what Plaid said of it. */
  open: (accountId: string, part?: PanelPart) => void;
  openTotal: (currency: string) => void;
  /** Null while the panel is closed. */
  shown: PanelOf | null;
}

export const AccountPanelContext = createContext<AccountPanel | null>(null);

export function useAccountPanel(): AccountPanel {
  const panel = useContext(AccountPanelContext);
  if (!panel) throw new Error("useAccountPanel needs an AccountPanelProvider around it");
  return panel;
}
