import { Group, Stack, Text } from "@mantine/core";
import { commands } from "../../api/commands";
import type { KeyringState } from "../../api/secrets";
import type { AppStatus } from "../../api/start";
import { useStatusAct } from "../../data/status";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { StartFrame } from "./StartFrame";
import { StartOver } from "./StartOver";
import { keyringReason } from "./secretWords";

/** Shown when the secrets are in a keyring that can't be reached. Nothing is replaced. */
export function KeyringUnreachable({
  status,
  keyring,
}: {
  status: AppStatus;
  keyring: KeyringState;
}) {
  const { lastEnvironment } = status;
  const again = useStatusAct(() =>
    lastEnvironment ? commands.openEnvironment(lastEnvironment) : commands.appStatus(),
  );
  const problem = again.problem ?? status.openProblem;
  const locked = keyring.state === "locked";
  return (
    <StartFrame
      version={status.version}
      title={locked ? "Your keyring is locked" : "Your keyring cannot be reached"}
      lead="Balance Desk keeps its secrets in the system's keyring. Your data is safe, and can be read as soon as the keyring answers."
      narrow
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm" className="breakable">
          {keyringReason(keyring)}
        </Text>
        <Text size="sm">
          {locked
            ? "Unlock it (often by signing in to your desktop again, or in your password manager), then try again."
            : "Start your keyring service (GNOME Keyring, KWallet or another Secret Service), then try again."}
        </Text>
        {problem ? <ProblemNotice problem={problem} /> : null}
        <Group gap="xs">
          <ActButton
            onClick={() => again.run()}
            running={again.running}
            runningLabel="Trying…"
            data-testid="keyring-retry"
          >
            Try again
          </ActButton>
          <StartOver lost="keyring" />
        </Group>
        <Text size="xs" c="dimmed">
          If this keyring is lost for good, the data cannot be read by anyone. Starting over deletes
          it.
        </Text>
      </Stack>
    </StartFrame>
  );
}
