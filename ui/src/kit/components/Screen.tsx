import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Screen.module.css";

interface Props {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
  /** "text" limits the width for prose and forms. */
  width?: "text" | "wide";
}

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
