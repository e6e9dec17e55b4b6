import { Button, Group } from "@mantine/core";
import type { ComponentProps } from "react";
import { ActButton } from "./ActButton";

interface Props extends ComponentProps<typeof ActButton> {
  onCancel: (() => void) | undefined;
}

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
