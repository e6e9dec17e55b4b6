import { Screen } from "../../components/Screen";

export function SettingsScreen(_: { status?: unknown; clientTransactionId?: string }) {
  return <Screen title="Settings">{null}</Screen>;
}
