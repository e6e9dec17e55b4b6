import { Loader } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import type { ComponentProps, ReactNode } from "react";
import classes from "./GroupHead.module.css";
import { PlainButton } from "./PlainButton";

interface Props extends ComponentProps<"button"> {
  icon: ReactNode;
  running?: boolean;
  /** Label while the act runs. */
  runningLabel?: string;
}

/** One shared element, so that React skips it. */
export const refreshIcon = <IconRefresh size={15} aria-hidden />;

/** A button for group heads. A search redraws many of them with each letter, so it must be cheap. */
export function HeadButton({ icon, running = false, runningLabel, children, ...button }: Props) {
  return (
    <PlainButton
      {...button}
      className={classes.button}
      data-icon-only={children === undefined || undefined}
      disabled={running || button.disabled}
      aria-busy={running || undefined}
      aria-label={running && runningLabel ? undefined : button["aria-label"]}
    >
      {running ? <Loader size={14} color="currentColor" aria-hidden /> : icon}
      {running ? runningLabel : children}
    </PlainButton>
  );
}
