import { notifications } from "@mantine/notifications";
import type { Line } from "../../data/accountLines";
import { copyText } from "../../kit/components/clipboard";

/** The cells for a spreadsheet: exact decimals, separated by tabs. A tab or line break inside a value becomes a space. */
function lineText({ row, item, name, kind }: Line): string {
  const { reading } = row;
  return [
    item.person.name,
    item.institutionName,
    name,
    row.mask,
    kind,
    reading?.available,
    reading?.current,
    reading?.limit,
    reading?.currency,
    reading?.readAt,
    reading?.source,
  ]
    .map((cell) => (cell ?? "").replace(/\s+/g, " "))
    .join("\t");
}

export async function copyLine(line: Line): Promise<void> {
  const copied = await copyText(lineText(line));
  notifications.show({
    message: copied ? `${line.name}: the row was copied.` : "The row could not be copied.",
  });
}
