import { Group, Stack, Text } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { commands } from "../../api/commands";
import type { AppStatus } from "../../api/start";
import { useStatusAct } from "../../data/status";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { SecretInput } from "../../kit/components/SecretInput";
import { StartFrame } from "./StartFrame";
import { StartOver } from "./StartOver";

/** Asks once per start for the passphrase that protects the secrets. */
export function UnlockScreen({ status }: { status: AppStatus }) {
  const [passphrase, setPassphrase] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const unlock = useStatusAct(commands.unlockSecrets);
  const { problem } = unlock;
  const wrong = problem?.kind === "wrongPassphrase" || problem?.field === "passphrase";
  useEffect(() => {
    if (problem) field.current?.select();
  }, [problem]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    unlock.run(passphrase);
  };
  return (
    <StartFrame
      version={status.version}
      title="Enter your passphrase"
      lead="It opens the keys and the encrypted data on this computer."
      narrow
    >
      <form onSubmit={submit} noValidate aria-label="Unlock">
        <Stack gap="sm">
          <SecretInput
            what="the passphrase"
            ref={field}
            label="Passphrase"
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            error={wrong ? problem?.message : undefined}
            required
            autoFocus
            data-testid="passphrase-unlock"
          />
          {problem && !wrong ? <ProblemNotice problem={problem} /> : null}
          <Group gap="sm">
            <ActButton
              type="submit"
              running={unlock.running}
              runningLabel="Unlocking…"
              disabled={passphrase === ""}
              data-testid="unlock-submit"
            >
              Unlock
            </ActButton>
            {unlock.running ? (
              <Text size="sm" c="dimmed" role="status">
                Unlocking takes a moment on purpose…
              </Text>
            ) : null}
          </Group>
          <Text size="xs" c="dimmed">
            A lost passphrase cannot be recovered, not by us and not by Plaid. Who has lost it can
            only start over, without the data.
          </Text>
        </Stack>
      </form>
      <Group mt="sm">
        <StartOver lost="passphrase" />
      </Group>
    </StartFrame>
  );
}
