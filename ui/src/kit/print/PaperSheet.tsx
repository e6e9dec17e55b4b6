import { type ReactNode, useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import classes from "./PaperSheet.module.css";
import { Printed } from "./Printed";

interface Props {
  /** Omitted on sheets for customers. */
  title?: string;
  children: ReactNode;
  className?: string;
  testId: string;
  /** Called when the print dialog closes. */
  onDone: () => void;
}

/** Prints its children as a separate page instead of the window. Opens the print dialog once. */
export function PaperSheet({ title, children, className, testId, onDone }: Props) {
  // A new onDone must not open the dialog again.
  const latest = useRef(onDone);
  latest.current = onDone;
  useEffect(() => {
    const done = () => latest.current();
    window.addEventListener("afterprint", done);
    // Let the sheet be laid out first.
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
