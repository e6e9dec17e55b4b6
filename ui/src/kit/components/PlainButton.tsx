import type { ComponentProps } from "react";

/** An unstyled button for long lists, where a Mantine component would be too slow. */
export function PlainButton({ className = "", ...rest }: ComponentProps<"button">) {
  return (
    <button type="button" className={`plainButton mantine-focus-auto ${className}`} {...rest} />
  );
}
