import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Screen.module.css";

interface Props {
  title: string;
  /** What stands at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
  /** Prose and forms keep a readable width; tables use what is there. */
  width?: "text" | "wide";
}

/** One screen: its heading, its actions and its content at a sensible width. */
export function Screen({ title, actions, children, width = "wide" }: Props) {
  return (
    <div className={classes.screen} data-width={width}>
      <Group justify="space-between" mb="md" gap="sm" mih={36}>
        <Title order={1}>{title}</Title>
        {actions}
      </Group>
      {children}
    </div>
  );
}
