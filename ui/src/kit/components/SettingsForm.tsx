import { Group, Stack, Text } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import type { Act } from "../hooks/useAct";
import { ActButton } from "./ActButton";
import { ProblemNotice } from "./ProblemNotice";
import { problemBeside } from "./problem";

interface Props {
  label: string;
  save: Pick<Act<never, unknown>, "running" | "problem" | "answer" | "clear">;
  /** Fields that show their own problems. */
  fields: string[];
  onSubmit: (event?: FormEvent<HTMLFormElement>) => void;
  children: ReactNode;
  /** Prefix of the test ids of the button and of its answer. */
  testId: string;
}

/** A form of settings. It stays open after saving and says that the settings are stored. */
export function SettingsForm({ label, save, fields, onSubmit, children, testId }: Props) {
  const beside = problemBeside(save.problem, fields);
  return (
    <form onSubmit={onSubmit} onChange={save.clear} noValidate aria-label={label}>
      <Stack gap="sm">
        {children}
        {beside ? <ProblemNotice problem={beside} onRetry={() => onSubmit()} /> : null}
        <Group gap="sm">
          <ActButton
            type="submit"
            running={save.running}
            runningLabel="Saving…"
            data-testid={`${testId}-save`}
          >
            Save
          </ActButton>
          <Text size="sm" c="var(--desk-good)" role="status" data-testid={`${testId}-saved`}>
            {save.answer !== undefined && !save.running ? "Saved." : ""}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
