import { Button, type ButtonProps, type ElementProps, Loader } from "@mantine/core";
import type { ReactNode } from "react";

interface Props extends ButtonProps, ElementProps<"button", keyof ButtonProps> {
  running: boolean;
  /** What it says while it runs: a spinner never stands without words. */
  runningLabel: string;
  children: ReactNode;
}

/** A button whose act takes a while: disabled and saying so until it is done. */
export function ActButton({ running, runningLabel, children, ...button }: Props) {
  return (
    <Button
      {...button}
      disabled={running || button.disabled}
      aria-busy={running || undefined}
      leftSection={
        running ? <Loader size={14} color="currentColor" aria-hidden /> : button.leftSection
      }
      aria-label={running ? undefined : button["aria-label"]}
    >
      {running ? runningLabel : children}
    </Button>
  );
}
