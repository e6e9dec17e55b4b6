import { Tooltip } from "@mantine/core";
import { type ReactNode, type SyntheticEvent, useEffect, useRef, useState } from "react";

const DELAY_MS = 300;

interface OpenTip {
  element: HTMLElement;
  words: string;
}

/** One tooltip for every descendant with `data-tip`, on hover or focus. Hundreds of rows would otherwise need hundreds of tooltips. */
export function Tips({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<OpenTip | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // A redraw may have removed the element or changed its text.
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
    // biome-ignore lint/a11y/noStaticElementInteractions: this element only listens to events of its descendants
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
