import { Button, type ButtonProps, type ElementProps, Loader } from "@mantine/core";
import type { ReactNode } from "react";

interface Props extends ButtonProps, ElementProps<"button", keyof ButtonProps> {
  running: boolean;
  /** Label while the act runs. */
  runningLabel: string;
  children: ReactNode;
}

/** A button for an act that takes a while. It is disabled while the act runs. */
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
