/** Dialogs above a dialog: Escape closes the one in front, and leaves what is below. */
import { createContext, useContext, useEffect, useMemo, useState } from "react";

type Count = (change: 1 | -1) => void;

export const DialogsAboveContext = createContext<Count>(() => {});

/** For the dialog below: how many stand above it, and what they report to. */
export function useDialogsAbove() {
  const [number, setNumber] = useState(0);
  const report = useMemo<Count>(() => (change) => setNumber((before) => before + change), []);
  return { number, report };
}

/** For a dialog above: reports that it is open, and that it is gone, however it goes. */
export function useStandsAbove(opened: boolean): void {
  const report = useContext(DialogsAboveContext);
  useEffect(() => {
    if (!opened) return;
    report(1);
    return () => report(-1);
  }, [opened, report]);
}
