import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { commands } from "../../api/commands";
import { useStatusAct } from "../../data/status";
import { TypedConfirmation } from "../../kit/components/TypedConfirmation";

interface Props {
  /** What the user lost: "passphrase" or "keyring". */
  lost: string;
}

/** Erases everything when the secrets can never be opened again. */
export function StartOver({ lost }: Props) {
  const [asking, setAsking] = useState(false);
  const over = useStatusAct(commands.startOver);
  const close = () => {
    if (over.running) return;
    over.clear();
    setAsking(false);
  };
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)} data-testid="start-over">
        Start over…
      </Button>
      <Modal opened={asking} onClose={close} title="Delete everything and start over?">
        <TypedConfirmation
          title="Start over"
          words="start over"
          act={over}
          runningLabel="Deleting…"
          onCancel={close}
        >
          Only for a {lost} that is lost for good. Deletes the data files of Demo, Sandbox and
          Production and all stored keys on this computer; nobody can bring them back. Items stay at
          Plaid. They cannot be removed from here afterwards, because their access tokens are in the
          data files.
        </TypedConfirmation>
      </Modal>
    </>
  );
}
