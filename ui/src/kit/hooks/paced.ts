/**
 * Makes `act` something that may be called as often as one likes: it is made at once, then not again before it has
 * ended and `gapMs` are over, and always once more after the last call.
 */
export function paced(act: () => Promise<unknown>, gapMs: number): () => void {
  let busy = false;
  let again = false;
  const run = async () => {
    busy = true;
    do {
      again = false;
      const gap = new Promise((over) => setTimeout(over, gapMs));
      // An act that fails has said so where it is shown.
      await Promise.allSettled([act(), gap]);
    } while (again);
    busy = false;
  };
  return () => {
    again = true;
    if (!busy) void run();
  };
}
