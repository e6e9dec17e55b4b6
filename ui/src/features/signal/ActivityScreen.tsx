import { Screen } from "../../components/Screen";

export function ActivityScreen(_: { status?: unknown; clientTransactionId?: string }) {
  return <Screen title="Activity">{null}</Screen>;
}
