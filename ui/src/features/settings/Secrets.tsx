import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { AppStatus } from "../../bindings/start";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Section } from "../../components/Section";
import { start } from "../../ipc";
import { PassphraseForm } from "../start/PassphraseForm";
import { useStatusAct } from "../start/useStatus";

/** Where secrets are kept, and moving all of them to the other place. */
export function Secrets({ status }: { status: AppStatus }) {
  const [changing, setChanging] = useState(false);
  const toKeyring = useStatusAct(start.changeSecretStore, () => setChanging(false));
  const byPassphrase = status.secretStore.kind === "passphrase";
  return (
    <Section
      title="Secrets"
      hint="API keys and the key of the encrypted data file are kept in exactly one place."
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm" data-testid="secrets-place">
          {byPassphrase
            ? "Kept in an encrypted file that your passphrase opens."
            : "Kept in your system's keyring."}
        </Text>
        {byPassphrase ? (
          <Button
            variant="default"
            onClick={() => setChanging(true)}
            data-testid="secrets-to-keyring"
          >
            Move to the system's keyring…
          </Button>
        ) : changing ? (
          <PassphraseForm
            act={start.changeSecretStore}
            submitLabel="Move everything behind this passphrase"
            onDone={() => setChanging(false)}
            onCancel={() => setChanging(false)}
          />
        ) : (
          <Button
            variant="default"
            onClick={() => setChanging(true)}
            data-testid="secrets-to-passphrase"
          >
            Protect with a passphrase instead…
          </Button>
        )}
      </Stack>
      <ConfirmModal
        opened={byPassphrase && changing}
        title="Move all secrets to the system's keyring?"
        confirmLabel="Move to the keyring"
        running={toKeyring.running}
        problem={toKeyring.problem}
        onConfirm={() => toKeyring.run({ kind: "keyring" })}
        onClose={() => {
          toKeyring.clear();
          setChanging(false);
        }}
      >
        <Text size="sm">
          Everything is written to the keyring first and then removed from the encrypted file. The
          passphrase is no longer asked for.
        </Text>
      </ConfirmModal>
    </Section>
  );
}
