import { type ReactNode, useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import classes from "./PaperSheet.module.css";
import { Printed } from "./Printed";

interface Props {
  /** What is on it; none for what a customer gets. */
  title?: string;
  children: ReactNode;
  /** How what is on it is laid out; only on paper. */
  className?: string;
  testId: string;
  /** The system's dialog has been closed, printed or not. */
  onDone: () => void;
}

/** A page of its own on paper, in place of the window's; the system's dialog opens once, when the sheet is there. */
export function PaperSheet({ title, children, className, testId, onDone }: Props) {
  // What is drawn anew meanwhile must not open the dialog again.
  const latest = useRef(onDone);
  latest.current = onDone;
  useEffect(() => {
    const done = () => latest.current();
    window.addEventListener("afterprint", done);
    // The sheet is laid out before the dialog opens.
    const timer = setTimeout(() => window.print(), 50);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("afterprint", done);
    };
  }, []);
  return createPortal(
    <div className={`${classes.sheet} ${className ?? ""}`} data-testid={testId}>
      {title ? (
        <h1>
          {title}, <Printed />
        </h1>
      ) : null}
      {children}
    </div>,
    document.body,
  );
}
