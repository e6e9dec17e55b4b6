/** Nested dialogs: Escape must close only the topmost one. */
import { createContext, useContext, useEffect, useMemo, useState } from "react";

type Count = (change: 1 | -1) => void;

export const DialogsAboveContext = createContext<Count>(() => {});

/** For the lower dialog. */
export function useDialogsAbove() {
  const [number, setNumber] = useState(0);
  const report = useMemo<Count>(() => (change) => setNumber((before) => before + change), []);
  return { number, report };
}

/** For the upper dialog. */
export function useStandsAbove(opened: boolean): void {
  const report = useContext(DialogsAboveContext);
  useEffect(() => {
    if (!opened) return;
    report(1);
    return () => report(-1);
  }, [opened, report]);
}
