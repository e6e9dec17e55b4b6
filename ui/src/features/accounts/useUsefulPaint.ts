import { useEffect } from "react";

const mark = "useful-paint";

/** Marks the moment in which the accounts were first painted; the benchmark of the window reads it. */
export function useUsefulPaint(ready: boolean) {
  useEffect(() => {
    if (!ready || performance.getEntriesByName(mark).length > 0) return;
    // The frame is painted between its callback and the next task.
    const frame = requestAnimationFrame(() => setTimeout(() => performance.mark(mark)));
    return () => cancelAnimationFrame(frame);
  }, [ready]);
}
