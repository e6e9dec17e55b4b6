import type { Change } from "../../api/accounts";
import { formatMoney } from "../../kit/format";
import type { ChartLine } from "./chartData";

export const accountLines: ChartLine[] = [
  { field: "current", label: "Current" },
  { field: "available", label: "Available" },
];

export const totalLines: ChartLine[] = [
  { field: "current", label: "Assets" },
  { field: "debts", label: "Debts" },
];

/** "+$12.50", "-$3.00", "no change". */
export function changeWords(
  amount: Change["amount"],
  currency: string | null,
  unofficial = false,
): string {
  if (/^-?0*(\.0*)?$/.test(amount)) return "no change";
  const words = formatMoney(amount, currency, unofficial);
  return amount.startsWith("-") ? words : `+${words}`;
}
