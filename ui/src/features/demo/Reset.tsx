import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useDemoReset } from "../../data/demo";
import { ActButton } from "../../kit/components/ActButton";
import { ConfirmModal } from "../../kit/components/ConfirmModal";

/** Restores the Demo's defaults, except for linked Items. */
export function Reset() {
  const [asking, setAsking] = useState(false);
  const reset = useDemoReset(() => {
    setAsking(false);
    notifications.show({ message: "The Demo’s bank is back to normal." });
  });
  return (
    <>
      <ActButton
        variant="default"
        onClick={() => setAsking(true)}
        running={reset.running}
        runningLabel="Setting back…"
        data-testid="demo-reset"
      >
        Back to normal…
      </ActButton>
      <ConfirmModal
        opened={asking}
        title="Set the Demo’s bank back to normal?"
        confirmLabel="Back to normal"
        act={reset}
        onConfirm={() => reset.run()}
        onClose={() => setAsking(false)}
      >
        <Text size="sm">
          Nothing goes wrong any more, every Item is well, banks take as long as in life, and the
          clock is right. For this the Demo’s bank is started again: a Link window that is open
          closes. Banks that are linked, readings and evaluations stay.
        </Text>
      </ConfirmModal>
    </>
  );
}
