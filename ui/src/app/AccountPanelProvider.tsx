import { type ReactNode, useMemo, useState } from "react";
import {
  AccountPanelContext,
  type AccountPanel as Panel,
  type PanelOf,
} from "../kit/navigation/accountPanel";
import { PanelDrawer } from "./PanelDrawer";

/** Keeps the account panel open across screens. */
export function AccountPanelProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<PanelOf | null>(null);
  const value = useMemo<Panel>(
    () => ({
      open: (accountId, part = "history") => setShown({ kind: "account", accountId, part }),
      openTotal: (currency) => setShown({ kind: "total", currency }),
      shown,
    }),
    [shown],
  );
  return (
    <AccountPanelContext value={value}>
      {children}
      <PanelDrawer of={shown} onClose={() => setShown(null)} />
    </AccountPanelContext>
  );
}
