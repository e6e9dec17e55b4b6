import { Button, Text } from "@mantine/core";
import { IconCopyCheck } from "@tabler/icons-react";
import { useHeldSessions } from "../../data/link";
import { useLink } from "../../kit/navigation/link";
import classes from "./HeldNotice.module.css";

/** Bank connections that wait for a decision, including ones granted while the app was closed. */
export function HeldNotice() {
  const held = useHeldSessions();
  const { show } = useLink();
  return held.map((session) => (
    <div key={session.sessionId} className={classes.notice} data-testid="held-notice" role="status">
      <IconCopyCheck size={18} className={classes.icon} aria-hidden />
      <Text size="sm" className="breakable" style={{ flex: 1 }}>
        {session.institutionName ?? "A bank"} for {session.personName} seems to be linked already.
        Decide what to do with it.
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => show(session.sessionId)}
        data-testid="held-decide"
      >
        Decide…
      </Button>
    </div>
  ));
}
