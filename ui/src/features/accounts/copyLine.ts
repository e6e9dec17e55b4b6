import { notifications } from "@mantine/notifications";
import type { Line } from "../../data/accountLines";
import { copyText } from "../../kit/components/clipboard";

/** The cells of a line as a spreadsheet takes them: exact decimals, tabs between. A tab or line break within is a space. */
export function lineText({ row, item, name, kind }: Line): string {
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

/** Puts a line on the clipboard and says so. */
export async function copyLine(line: Line): Promise<void> {
  const copied = await copyText(lineText(line));
  notifications.show({
    message: copied ? `${line.name}: the row was copied.` : "The row could not be copied.",
  });
}
