/** Throttles `act`: runs it at once, then at most every `gapMs`, and once after the last call. Runs never overlap. */
export function paced(act: () => Promise<unknown>, gapMs: number): () => void {
  let busy = false;
  let again = false;
  const run = async () => {
    busy = true;
    do {
      again = false;
      const gap = new Promise((over) => setTimeout(over, gapMs));
      // Failures are shown by the act's own screen.
      await Promise.allSettled([act(), gap]);
    } while (again);
    busy = false;
  };
  return () => {
    again = true;
    if (!busy) void run();
  };
}
