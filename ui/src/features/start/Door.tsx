import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useId, useState } from "react";
import type { Problem } from "../../api/problem";
import type { EnvironmentStatus } from "../../api/start";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { environmentWords } from "../../kit/words/environment";
import classes from "./Door.module.css";
import { EraseOffer } from "./EraseOffer";
import { KeysForm } from "./KeysForm";

interface Props {
  status: EnvironmentStatus;
  keptIn: string;
  /** The environment's purpose, in one or two sentences. */
  children: string;
  onOpen: () => void;
  opening: boolean;
  /** True while another environment opens. */
  disabled: boolean;
  problem: Problem | null;
  onChoosePassphrase: () => void;
  onErased: () => void;
}

/** One environment on the start screen: opens it, or asks for its keys first. */
export function Door(props: Props) {
  const { status, keptIn, children, onOpen, opening, disabled, problem } = props;
  const { environment, clientId } = status;
  const { name, words } = environmentWords[environment];
  const [askingKeys, setAskingKeys] = useState(false);
  const titleId = useId();
  const ready = status.hasKeys === true;
  const label = environment === "demo" ? "Start the Demo" : ready ? `Open ${name}` : "Enter keys";
  return (
    <section className={classes.door} data-environment={environment} aria-labelledby={titleId}>
      <Stack gap="xs" h="100%">
        <div>
          <Title order={2} id={titleId}>
            {name}
          </Title>
          <Text size="sm" fw={550} className={classes.words}>
            {words[0]?.toUpperCase()}
            {words.slice(1)}
          </Text>
        </div>
        <Text size="sm" c="dimmed" flex={askingKeys ? undefined : 1}>
          {children}
        </Text>
        {ready && clientId && !askingKeys ? (
          <Text size="xs" c="dimmed">
            Keys stored for client_id <span className="code">{clientId}</span>
          </Text>
        ) : null}
        {problem ? (
          <>
            <ProblemNotice
              problem={problem}
              onRetry={onOpen}
              onChoosePassphrase={props.onChoosePassphrase}
            />
            <EraseOffer environment={environment} problem={problem} onErased={props.onErased} />
          </>
        ) : null}
        {askingKeys ? (
          <KeysForm
            environment={environment}
            clientId={clientId}
            keptIn={keptIn}
            onCancel={() => setAskingKeys(false)}
            onChoosePassphrase={props.onChoosePassphrase}
          />
        ) : (
          <Group gap="xs">
            <ActButton
              variant={environment === "demo" ? "filled" : "default"}
              onClick={ready ? onOpen : () => setAskingKeys(true)}
              running={opening}
              runningLabel="Opening…"
              disabled={disabled}
              data-testid={`door-${environment}`}
            >
              {label}
            </ActButton>
            {ready && environment !== "demo" ? (
              <Button
                variant="subtle"
                onClick={() => setAskingKeys(true)}
                disabled={opening || disabled}
              >
                Replace keys
              </Button>
            ) : null}
            {opening ? (
              <Text size="sm" c="dimmed" role="status">
                Opening…
              </Text>
            ) : null}
          </Group>
        )}
      </Stack>
    </section>
  );
}
