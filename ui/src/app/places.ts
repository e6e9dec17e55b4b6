import {
  IconBuildingBank,
  IconChartBar,
  IconFileImport,
  IconGavel,
  IconListDetails,
  IconReceiptRefund,
  IconScale,
  IconSend,
  IconSettings,
  type TablerIcon,
} from "@tabler/icons-react";
import type { ScreenName } from "../kit/navigation/route";

/** Screens in navigation order. Ctrl+number opens each. */
export const places: Array<{ screen: ScreenName; label: string; Icon: TablerIcon }> = [
  { screen: "accounts", label: "Accounts", Icon: IconBuildingBank },
  { screen: "evaluate", label: "Evaluate", Icon: IconScale },
  { screen: "batches", label: "Batches", Icon: IconFileImport },
  { screen: "decisions", label: "Decisions", Icon: IconGavel },
  { screen: "returns", label: "Returns", Icon: IconReceiptRefund },
  { screen: "activity", label: "Activity", Icon: IconListDetails },
  { screen: "outcomes", label: "Outcomes", Icon: IconChartBar },
  { screen: "invitations", label: "Invitations", Icon: IconSend },
  { screen: "settings", label: "Settings", Icon: IconSettings },
];
