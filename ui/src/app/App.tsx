import { useEarlyAccounts } from "../data/accounts";
import { useDeskEvents } from "../data/client";
import { useRunningChangeover, useStatus } from "../data/status";
import { KeyringUnreachable } from "../features/start/KeyringUnreachable";
import { StartFrame } from "../features/start/StartFrame";
import { StartScreen } from "../features/start/StartScreen";
import { UnlockScreen } from "../features/start/UnlockScreen";
import { ProblemNotice } from "../kit/components/ProblemNotice";
import { Waiting } from "../kit/components/Waiting";
import { Changeover } from "./Changeover";
import { Workplace } from "./Workplace";

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
