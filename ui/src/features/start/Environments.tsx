import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { commands } from "../../api/commands";
import type { AppStatus, EnvironmentStatus } from "../../api/start";
import { useChangeover, useOpenEnvironment } from "../../data/status";
import { ActButton } from "../../kit/components/ActButton";
import { ConfirmModal } from "../../kit/components/ConfirmModal";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { environmentWords } from "../../kit/words/environment";
import classes from "./Environments.module.css";
import { EraseOffer } from "./EraseOffer";
import { KeysForm } from "./KeysForm";
import { keptIn } from "./secretWords";

/** The three environments: the open one, switching, and the keys of each. */
export function Environments({ status }: { status: AppStatus }) {
  const open = useOpenEnvironment();
  const close = useChangeover("Closing…", () => commands.closeEnvironment());
  return (
    <Section
      title="Environments and keys"
      hint="Each environment keeps its own keys, banks and encrypted data file. Changing over loses nothing."
    >
      <ul className="plainList">
        {status.environments.map((environment) => (
          <EnvironmentRow
            key={environment.environment}
            row={environment}
            isOpen={status.open === environment.environment}
            keptIn={keptIn(status.secretStore)}
            open={open}
          />
        ))}
      </ul>
      {close.problem ? <ProblemNotice problem={close.problem} /> : null}
      <ActButton
        mt="sm"
        variant="default"
        onClick={() => close.run()}
        running={close.running}
        runningLabel="Closing…"
        data-testid="settings-close-environment"
      >
        Close and go to the three doors
      </ActButton>
    </Section>
  );
}

interface RowProps {
  row: EnvironmentStatus;
  isOpen: boolean;
  keptIn: string;
  open: ReturnType<typeof useOpenEnvironment>;
}

function EnvironmentRow({ row, isOpen, keptIn: place, open }: RowProps) {
  const { environment, hasKeys, clientId } = row;
  const { name, words } = environmentWords[environment];
  const [askingKeys, setAskingKeys] = useState(false);
  const [removing, setRemoving] = useState(false);
  const remove = useChangeover(`Removing the ${name} keys…`, commands.removeKeys, () =>
    setRemoving(false),
  );
  const mine = open.arg === environment;
  const keyed = environment !== "demo";
  return (
    <li className={classes.row} data-testid={`settings-environment-${environment}`}>
      <div className={classes.line}>
        <div className={classes.name}>
          <Text size="sm" fw={600}>
            {name} <span className={classes.words}>– {words}</span>
          </Text>
          <Text size="xs" c="dimmed" className="breakable">
            {keyWords(row)}
          </Text>
        </div>
        <Group gap={6}>
          {isOpen ? (
            <Text size="sm" c="var(--desk-good)" fw={550} px={6}>
              Open now
            </Text>
          ) : hasKeys ? (
            <ActButton
              size="compact-md"
              variant="default"
              onClick={() => open.run(environment)}
              running={open.running && mine}
              runningLabel="Opening…"
              disabled={open.running && !mine}
              aria-label={`Open ${name}`}
              data-testid={`settings-open-${environment}`}
            >
              Open
            </ActButton>
          ) : null}
          {keyed && !askingKeys ? (
            <Button
              size="compact-md"
              variant="default"
              onClick={() => setAskingKeys(true)}
              aria-label={`${hasKeys ? "Replace keys" : "Enter keys"} for ${name}`}
              data-testid={`settings-keys-${environment}`}
            >
              {hasKeys ? "Replace keys" : "Enter keys"}
            </Button>
          ) : null}
          {keyed && hasKeys && !askingKeys ? (
            <Button
              size="compact-md"
              variant="default"
              onClick={() => setRemoving(true)}
              aria-label={`Remove keys for ${name}`}
              data-testid={`settings-remove-keys-${environment}`}
            >
              Remove keys
            </Button>
          ) : null}
        </Group>
      </div>
      {mine && open.problem ? (
        <>
          <ProblemNotice problem={open.problem} onRetry={() => open.run(environment)} />
          <EraseOffer environment={environment} problem={open.problem} onErased={open.clear} />
        </>
      ) : null}
      {askingKeys ? (
        <div className={classes.keys}>
          <KeysForm
            environment={environment}
            clientId={clientId}
            keptIn={place}
            onCancel={() => setAskingKeys(false)}
            onSaved={() => setAskingKeys(false)}
          />
        </div>
      ) : null}
      <ConfirmModal
        opened={removing}
        title={`Remove the ${name} keys?`}
        confirmLabel="Remove keys"
        danger
        act={remove}
        onConfirm={() => remove.run(environment)}
        onClose={() => setRemoving(false)}
      >
        <Text size="sm">
          client_id and secret are deleted from {place}
          {isOpen ? `, and ${name} is closed` : ""}. Banks, readings and evaluations stay on this
          computer, and can be used again once keys are entered.
        </Text>
      </ConfirmModal>
    </li>
  );
}

function keyWords({ environment, hasKeys, clientId }: EnvironmentStatus): string {
  if (environment === "demo") return "Needs no keys";
  if (hasKeys === null) return "Keys cannot be read while secrets are locked";
  if (!hasKeys) return "No keys stored";
  return clientId ? `client_id ${clientId}` : "Keys stored";
}
