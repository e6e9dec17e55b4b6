import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import type { Environment } from "../../api/environment";
import type { Problem } from "../../api/problem";
import { useErase } from "../../data/status";
import { TypedConfirmation } from "../../kit/components/TypedConfirmation";
import { environmentWords } from "../../kit/words/environment";

interface Props {
  environment: Environment;
  /** Why the environment couldn't be opened. */
  problem: Problem;
  onErased?: () => void;
}

/** Offers to erase an environment that can't be opened. */
export function EraseOffer({ environment, problem, onErased }: Props) {
  const [asking, setAsking] = useState(false);
  const erase = useErase(environment, () => {
    setAsking(false);
    onErased?.();
  });
  const close = () => {
    if (erase.running) return;
    erase.clear();
    setAsking(false);
  };
  if (problem.kind !== "keyMissing" && problem.kind !== "database") return null;
  const { name } = environmentWords[environment];
  return (
    <>
      <Button
        variant="default"
        onClick={() => setAsking(true)}
        style={{ alignSelf: "flex-start" }}
        data-testid={`erase-offer-${environment}`}
      >
        Erase {name}…
      </Button>
      <Modal opened={asking} onClose={close} title={`Erase ${name} and start it anew?`}>
        <TypedConfirmation
          title={`Erase ${name}`}
          words={environment}
          act={erase}
          runningLabel="Erasing…"
          onCancel={close}
        >
          Deletes the data file with its banks, readings, evaluations, decisions and returns, the
          key that opens it, and the stored API keys. If you have a backup, restore that instead.
          {environment === "demo"
            ? ""
            : " Items stay at Plaid. They cannot be removed from here afterwards, because their access tokens are in the data file."}
        </TypedConfirmation>
      </Modal>
    </>
  );
}
