import { useEffect } from "react";

const mark = "useful-paint";

/** Marks when the accounts were first painted. The window benchmark reads this mark. */
export function useUsefulPaint(ready: boolean) {
  useEffect(() => {
    if (!ready || performance.getEntriesByName(mark).length > 0) return;
    // The browser paints between this callback and the next task.
    const frame = requestAnimationFrame(() => setTimeout(() => performance.mark(mark)));
    return () => cancelAnimationFrame(frame);
  }, [ready]);
}
