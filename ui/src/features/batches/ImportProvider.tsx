import { type ReactNode, useCallback, useMemo, useState } from "react";
import { emptyImport, ImportContext, type ImportState } from "./importState";

/** Keeps the import draft above the screens, so that it survives navigation. */
export function ImportProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState(emptyImport);
  const change = useCallback(
    (changed: Partial<ImportState>) => setState((before) => ({ ...before, ...changed })),
    [],
  );
  const clear = useCallback(() => setState(emptyImport), []);
  const value = useMemo(() => ({ state, change, clear }), [state, change, clear]);
  return <ImportContext value={value}>{children}</ImportContext>;
}
