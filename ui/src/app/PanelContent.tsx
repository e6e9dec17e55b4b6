import { ReadingsExport } from "../features/export/ReadingsExport";
import { AccountContent } from "../features/history/AccountContent";
import { TotalContent } from "../features/history/TotalContent";
import { SupportView } from "../features/support/SupportView";
import type { PanelOf } from "../kit/navigation/accountPanel";

/** Content of the account panel, in a chunk of its own. */
export default function PanelContent({ of }: { of: PanelOf }) {
  return of.kind === "account" ? (
    <AccountContent
      accountId={of.accountId}
      part={of.part}
      readingsExport={<ReadingsExport accountId={of.accountId} />}
      support={<SupportView accountId={of.accountId} />}
    />
  ) : (
    <TotalContent currency={of.currency} />
  );
}
