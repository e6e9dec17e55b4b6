import { useEffect, useRef, useState } from "react";

/**
 * A menu or popover whose machinery is made when its button is first pressed: long lists hold hundreds of such
 * buttons. The button is drawn anew then, so it gets the focus back before the menu opens.
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
