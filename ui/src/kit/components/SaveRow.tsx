import { Group, Text } from "@mantine/core";
import { ActButton } from "./ActButton";

interface Props {
  running: boolean;
  /** What was sent last is stored. */
  saved: boolean;
  /** Names the button `<testId>-save` and what it answers `<testId>-saved`. */
  testId: string;
}

/** The end of a form of settings: stays where it is and says that what was entered is stored. */
export function SaveRow({ running, saved, testId }: Props) {
  return (
    <Group gap="sm">
      <ActButton
        type="submit"
        running={running}
        runningLabel="Saving…"
        data-testid={`${testId}-save`}
      >
        Save
      </ActButton>
      <Text size="sm" c="var(--desk-good)" role="status" data-testid={`${testId}-saved`}>
        {saved && !running ? "Saved." : ""}
      </Text>
    </Group>
  );
}
