import { type ReactNode, useLayoutEffect, useRef } from "react";
import { Waiting } from "../kit/components/Waiting";
import classes from "./Changeover.module.css";

interface Props {
  /** Label of the environment change in progress; null if there is none. */
  running: string | null;
  children: ReactNode;
}

/**
 * The workplace, or nothing but the change of environment that is running: a command given under
 * the old badge could already reach the new environment, and be billed there.
 */
export function Changeover({ running, children }: Props) {
  return (
    <>
      <div className={classes.under} inert={running !== null}>
        {children}
      </div>
      {running === null ? null : <Over words={running} />}
    </>
  );
}

function Over({ words }: { words: string }) {
  const over = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    over.current?.focus();
    return () => {
      // Once the workplace can be focused again, and unless something there has taken the focus.
      setTimeout(() => {
        if (document.activeElement === document.body && before instanceof HTMLElement) {
          before.focus();
        }
      });
    };
  }, []);
  // As a dialog it also keeps the shortcuts of the window to itself.
  return (
    <div
      className={classes.over}
      role="dialog"
      aria-modal="true"
      aria-label={words}
      tabIndex={-1}
      ref={over}
      data-testid="changeover"
    >
      <Waiting>{words}</Waiting>
    </div>
  );
}
