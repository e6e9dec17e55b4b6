import type { PanelOf } from "../../kit/navigation/accountPanel";
import { AccountContent } from "./AccountContent";
import { TotalContent } from "./TotalContent";

/** What stands in the panel. Loaded when it is first opened. */
export default function PanelContent({ of }: { of: PanelOf }) {
  return of.kind === "account" ? (
    <AccountContent accountId={of.accountId} part={of.part} />
  ) : (
    <TotalContent currency={of.currency} />
  );
}
