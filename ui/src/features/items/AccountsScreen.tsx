import { Screen } from "../../components/Screen";

export function AccountsScreen(_: { status?: unknown; clientTransactionId?: string }) {
  return <Screen title="Accounts">{null}</Screen>;
}
