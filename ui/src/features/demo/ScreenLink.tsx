import { UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { type ScreenName, useNavigation } from "../../kit/navigation/route";
import classes from "./Demo.module.css";

/** Links to the screen that shows the effect. */
export function ScreenLink({ screen, children }: { screen: ScreenName; children: ReactNode }) {
  const { go } = useNavigation();
  return (
    <UnstyledButton className={classes.seen} onClick={() => go({ screen })}>
      {children}
    </UnstyledButton>
  );
}
