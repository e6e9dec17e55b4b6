import { useEffect, useRef, useState } from "react";

/**
 * Creates a menu or popover on the first click, because long lists hold hundreds of them. The button is re-created
 * then, so it needs its focus back.
 */
export function useFirstUse() {
  const [used, setUsed] = useState(false);
  const [opened, setOpened] = useState(false);
  const target = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!used) return;
    target.current?.focus();
    setOpened(true);
  }, [used]);
  return { used, opened, setOpened, target, use: () => setUsed(true) };
}
