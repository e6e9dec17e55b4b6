import { Group, Stack, Text } from "@mantine/core";
import { useRef } from "react";
import { commands } from "../../api/commands";
import type { Environment } from "../../api/environment";
import type { KeyringState } from "../../api/secrets";
import type { AppStatus, EnvironmentStatus } from "../../api/start";
import { useOpenEnvironment, useStatusAct } from "../../data/status";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { Door } from "./Door";
import { EraseOffer } from "./EraseOffer";
import { PassphraseForm } from "./PassphraseForm";
import { StartFrame } from "./StartFrame";
import classes from "./StartFrame.module.css";
import { keptIn, keyringReason } from "./secretWords";

const purposes: Record<Environment, string> = {
  demo: "Try everything with invented banks on this computer. No keys, no network, nothing is billed.",
  sandbox: "Plaid's test banks, with your Sandbox keys. Behaves like Plaid, moves no money.",
  production: "Your customers' real banks, with your Production keys. Plaid bills for its calls.",
};

export function StartScreen({ status }: { status: AppStatus }) {
  const open = useOpenEnvironment();
  const passphrase = useRef<HTMLDivElement>(null);
  const { secretStore } = status;
  const keyring = secretStore.kind === "notChosen" ? secretStore.keyring : null;
  const goToPassphrase = () => {
    passphrase.current?.scrollIntoView({ block: "center" });
    passphrase.current?.querySelector<HTMLInputElement>("input")?.focus();
  };
  const doorFor = (door: EnvironmentStatus) => {
    const mine = open.arg === door.environment;
    return (
      <Door
        key={door.environment}
        status={door}
        keptIn={keptIn(secretStore)}
        onOpen={() => open.run(door.environment)}
        opening={open.running && mine}
        disabled={open.running && !mine}
        problem={mine ? open.problem : null}
        onChoosePassphrase={goToPassphrase}
        onErased={open.clear}
      >
        {purposes[door.environment]}
      </Door>
    );
  };
  return (
    <StartFrame
      version={status.version}
      title="Where do you want to work?"
      lead="Each environment keeps its own banks, keys and encrypted data file. You can change over at any time in Settings."
    >
      <Stack gap="md">
        {status.openProblem ? (
          <>
            <ProblemNotice
              problem={status.openProblem}
              onRetry={
                status.lastEnvironment
                  ? () => status.lastEnvironment && open.run(status.lastEnvironment)
                  : undefined
              }
              onChoosePassphrase={goToPassphrase}
              busy={open.running}
            />
            {status.lastEnvironment ? (
              <EraseOffer environment={status.lastEnvironment} problem={status.openProblem} />
            ) : null}
          </>
        ) : null}
        {keyring && keyring.state !== "ready" ? (
          <div ref={passphrase}>
            <NoKeyring keyring={keyring} />
          </div>
        ) : null}
        <div className={classes.doors}>{status.environments.map(doorFor)}</div>
        {keyring?.state === "ready" || secretStore.kind !== "notChosen" ? (
          <Text size="sm" c="dimmed">
            API keys and the key of the encrypted data file are kept in {keptIn(secretStore)}, never
            in plain text.
          </Text>
        ) : null}
      </Stack>
    </StartFrame>
  );
}

function NoKeyring({ keyring }: { keyring: KeyringState }) {
  const again = useStatusAct(commands.appStatus);
  return (
    <Section
      title={
        keyring.state === "locked" ? "Your keyring is locked" : "There is no keyring on this system"
      }
      hint="Balance Desk keeps secrets in the system's keyring. Unlock or start one and try again, or let a passphrase protect them instead. It never stores a secret in plain text."
    >
      <Stack gap="md">
        <Group gap="sm">
          <ActButton
            variant="default"
            onClick={() => again.run()}
            running={again.running}
            runningLabel="Trying…"
            data-testid="keyring-retry"
          >
            Try again
          </ActButton>
          <Text size="sm" c="dimmed" className="breakable" flex={1}>
            {keyringReason(keyring)}
          </Text>
        </Group>
        {again.problem ? <ProblemNotice problem={again.problem} /> : null}
        <PassphraseForm act={commands.chooseSecretStore} submitLabel="Use this passphrase" />
      </Stack>
    </Section>
  );
}
