import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useStandsAbove } from "../hooks/dialogsAbove";
import type { Act } from "../hooks/useAct";
import { ActButton } from "./ActButton";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  opened: boolean;
  title: string;
  children: ReactNode;
  confirmLabel: string;
  /** "Cancel" by default; change it if the act itself is a cancellation. */
  dismissLabel?: string;
  danger?: boolean;
  act?: Pick<Act<never, unknown>, "running" | "problem" | "clear">;
  /** Leaves the act's problem in place on closing, for a screen that shows it. */
  keepProblem?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks for confirmation, and stays open with the problem if the act fails. */
export function ConfirmModal(props: Props) {
  const { opened, title, children, confirmLabel, danger, act, keepProblem } = props;
  const running = act?.running ?? false;
  const close = () => {
    if (!keepProblem) act?.clear();
    props.onClose();
  };
  useStandsAbove(opened);
  return (
    <Modal
      opened={opened}
      onClose={() => {
        if (!running) close();
      }}
      title={title}
    >
      <Stack gap="md">
        <div>{children}</div>
        {act?.problem ? <ProblemNotice problem={act.problem} onRetry={props.onConfirm} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button
            variant="default"
            onClick={close}
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
