import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { commands } from "../../api/commands";
import type { AppStatus } from "../../api/start";
import { useStatusAct } from "../../data/status";
import { ConfirmModal } from "../../kit/components/ConfirmModal";
import { Section } from "../../kit/components/Section";
import { PassphraseForm } from "./PassphraseForm";

type SecretStoreChange = "keyring" | "passphrase";

/** Shows where secrets are stored, and moves them or changes their passphrase. */
export function Secrets({ status }: { status: AppStatus }) {
  const [moving, setMoving] = useState<SecretStoreChange | null>(null);
  const [changed, setChanged] = useState(false);
  const toKeyring = useStatusAct(commands.changeSecretStore, () => setMoving(null));
  const byPassphrase = status.secretStore.kind === "passphrase";
  const begin = (to: SecretStoreChange) => {
    setChanged(false);
    setMoving(to);
  };
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
        {moving === "passphrase" ? (
          <PassphraseForm
            act={commands.changeSecretStore}
            submitLabel={
              byPassphrase ? "Change the passphrase" : "Move everything behind this passphrase"
            }
            onDone={() => {
              setMoving(null);
              setChanged(byPassphrase);
            }}
            onCancel={() => setMoving(null)}
          />
        ) : byPassphrase ? (
          <Group gap="xs">
            <Button
              variant="default"
              onClick={() => begin("passphrase")}
              data-testid="secrets-change-passphrase"
            >
              Change the passphrase…
            </Button>
            <Button
              variant="default"
              onClick={() => begin("keyring")}
              data-testid="secrets-to-keyring"
            >
              Move to the system's keyring…
            </Button>
          </Group>
        ) : (
          <Button
            variant="default"
            onClick={() => begin("passphrase")}
            data-testid="secrets-to-passphrase"
          >
            Protect with a passphrase instead…
          </Button>
        )}
        <Text size="sm" c="var(--desk-good)" role="status">
          {changed ? "The passphrase was changed." : ""}
        </Text>
      </Stack>
      <ConfirmModal
        opened={byPassphrase && moving === "keyring"}
        title="Move all secrets to the system's keyring?"
        confirmLabel="Move to the keyring"
        act={toKeyring}
        onConfirm={() => toKeyring.run({ kind: "keyring" })}
        onClose={() => setMoving(null)}
      >
        <Text size="sm">
          Everything is written to the keyring first and then removed from the encrypted file. The
          passphrase is no longer asked for.
        </Text>
      </ConfirmModal>
    </Section>
  );
}
