import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import type { Problem } from "../../api/problem";
import { useStandsAbove } from "../hooks/dialogsAbove";
import { ActButton } from "./ActButton";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  opened: boolean;
  title: string;
  children: ReactNode;
  confirmLabel: string;
  /** What leaves everything as it is; "Cancel" unless that could be taken for the act itself. */
  dismissLabel?: string;
  /** Whether what follows cannot be undone. */
  danger?: boolean;
  running: boolean;
  problem: Problem | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot simply be undone; stays open with the problem when it fails. */
export function ConfirmModal(props: Props) {
  const { opened, title, children, confirmLabel, danger, running, problem } = props;
  useStandsAbove(opened);
  return (
    <Modal
      opened={opened}
      onClose={() => {
        if (!running) props.onClose();
      }}
      title={title}
    >
      <Stack gap="md">
        <div>{children}</div>
        {problem ? <ProblemNotice problem={problem} onRetry={props.onConfirm} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button
            variant="default"
            onClick={props.onClose}
            disabled={running}
            data-autofocus
            data-testid="confirm-cancel"
          >
            {props.dismissLabel ?? "Cancel"}
          </Button>
          <ActButton
            color={danger ? "red.8" : undefined}
            onClick={props.onConfirm}
            running={running}
            runningLabel="Working…"
            data-testid="confirm-ok"
          >
            {confirmLabel}
          </ActButton>
        </Group>
      </Stack>
    </Modal>
  );
}
