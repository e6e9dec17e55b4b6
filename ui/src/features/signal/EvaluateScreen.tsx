import { Screen } from "../../components/Screen";

export function EvaluateScreen(_: { status?: unknown; clientTransactionId?: string }) {
  return <Screen title="Evaluate">{null}</Screen>;
}
