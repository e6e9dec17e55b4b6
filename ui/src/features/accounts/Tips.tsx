import { Tooltip } from "@mantine/core";
import { type ReactNode, type SyntheticEvent, useEffect, useRef, useState } from "react";

/** How long something is pointed at before it is explained. */
const DELAY_MS = 300;

interface Shown {
  element: HTMLElement;
  words: string;
}

/**
 * One tooltip for everything within that says something by `data-tip`: pointed at, or focused. A long list would have
 * hundreds of tooltips otherwise.
 */
export function Tips({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Whatever is drawn anew may have gone, or say something else now.
  useEffect(() => {
    if (shown && !(shown.element.isConnected && shown.element.dataset.tip === shown.words)) {
      setShown(null);
    }
  });
  const hide = () => {
    clearTimeout(timer.current);
    setShown(null);
  };
  const show = (event: SyntheticEvent, delay: number) => {
    clearTimeout(timer.current);
    const element = (event.target as Element).closest<HTMLElement>("[data-tip]");
    const words = element?.dataset.tip;
    if (!element || !words) {
      setShown(null);
      return;
    }
    if (element === shown?.element) return;
    timer.current = setTimeout(() => setShown({ element, words }), delay);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only watches what happens on the elements within
    <div
      onMouseOver={(event) => show(event, DELAY_MS)}
      onFocus={(event) => show(event, 0)}
      onMouseLeave={hide}
      onBlur={hide}
      onKeyDown={(event) => {
        if (event.key === "Escape") hide();
      }}
    >
      {children}
      {shown ? (
        <Tooltip
          target={shown.element}
          label={shown.words}
          opened
          multiline
          maw={320}
          events={{ hover: false, focus: false, touch: false }}
        />
      ) : null}
    </div>
  );
}
