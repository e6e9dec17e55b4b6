import { ProblemNotice } from "./components/ProblemNotice";
import { Waiting } from "./components/Waiting";
import { useEarlyAccounts } from "./features/items/useAccounts";
import { KeyringUnreachable } from "./features/start/KeyringUnreachable";
import { StartFrame } from "./features/start/StartFrame";
import { StartScreen } from "./features/start/StartScreen";
import { UnlockScreen } from "./features/start/UnlockScreen";
import { useRunningChangeover, useStatus } from "./features/start/useStatus";
import { Changeover } from "./frame/Changeover";
import { Workplace } from "./frame/Workplace";
import { useDeskEvents } from "./hooks/queries";

/** Chooses what the window shows by the state of the desk. */
export function App() {
  useDeskEvents();
  useEarlyAccounts();
  const { data: status, error, refetch } = useStatus();
  const running = useRunningChangeover();
  if (!status) {
    return (
      <StartFrame title="Balance Desk" lead="Banks, balances and return risk on your desk." narrow>
        {error ? (
          <ProblemNotice problem={error} onRetry={() => void refetch()} />
        ) : (
          <Waiting>Starting…</Waiting>
        )}
      </StartFrame>
    );
  }
  if (status.open) {
    return (
      <Changeover running={running}>
        <Workplace key={status.open} status={status} environment={status.open} />
      </Changeover>
    );
  }
  const { secretStore } = status;
  if (secretStore.kind === "passphrase" && secretStore.locked) {
    return <UnlockScreen status={status} />;
  }
  if (secretStore.kind === "keyring" && secretStore.state.state !== "ready") {
    return <KeyringUnreachable status={status} keyring={secretStore.state} />;
  }
  return <StartScreen status={status} />;
}
