import { AccountContent } from "./AccountContent";
import type { PanelOf } from "./account";
import { TotalContent } from "./TotalContent";

/** What stands in the panel. Loaded when it is first opened. */
export default function PanelContent({ of }: { of: PanelOf }) {
  return of.kind === "account" ? (
    <AccountContent accountId={of.accountId} part={of.part} />
  ) : (
    <TotalContent currency={of.currency} />
  );
}
