import { Button, Group } from "@mantine/core";
import type { ComponentProps } from "react";
import { ActButton } from "./ActButton";

interface Props extends ComponentProps<typeof ActButton> {
  /** Leaves the form as if it had not been opened; not offered without. */
  onCancel: (() => void) | undefined;
}

/** The end of a form: the button that submits it and, where there is a way back, Cancel. */
export function SubmitRow({ onCancel, ...submit }: Props) {
  return (
    <Group gap="xs">
      <ActButton type="submit" {...submit} />
      {onCancel ? (
        <Button variant="default" onClick={onCancel} disabled={submit.running}>
          Cancel
        </Button>
      ) : null}
    </Group>
  );
}
