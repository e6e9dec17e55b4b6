import { Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Logo } from "../../kit/components/Logo";
import classes from "./StartFrame.module.css";

interface Props {
  version?: string;
  title: string;
  lead: string;
  narrow?: boolean;
  children: ReactNode;
}

/** The window before an environment is open. */
export function StartFrame({ version, title, lead, narrow = false, children }: Props) {
  return (
    <main className={classes.frame} id="main" tabIndex={-1}>
      <div className={classes.inner} data-narrow={narrow || undefined}>
        <Group gap="xs" mb={28}>
          <Logo size={30} />
          <Text fw={650} size="lg">
            Balance Desk
          </Text>
        </Group>
        <Title order={1} fz="1.5rem">
          {title}
        </Title>
        <Text c="dimmed" mt={4} mb="lg" maw="68ch">
          {lead}
        </Text>
        {children}
        {version ? (
          <Text size="xs" c="dimmed" mt="xl">
            Version {version}
          </Text>
        ) : null}
      </div>
    </main>
  );
}
