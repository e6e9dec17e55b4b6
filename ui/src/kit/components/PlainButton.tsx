import type { ComponentProps } from "react";

/** A button without a look of its own, for long lists: what a component around it costs is paid hundreds of times. */
export function PlainButton({ className = "", ...rest }: ComponentProps<"button">) {
  return (
    <button type="button" className={`plainButton mantine-focus-auto ${className}`} {...rest} />
  );
}
