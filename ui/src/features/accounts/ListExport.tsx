import type { ExportFormat, ListColumn } from "../../api/export";
import { useExport } from "../../data/export";
import { ExportMenu } from "../../kit/components/ExportMenu";
import { type ColumnId, columnLayouts } from "./columns";

/** The file columns for each screen column. One cell on screen can hold several values. */
const fileColumns: Record<ColumnId, ListColumn[]> = {
  name: ["name", "bankName", "officialName", "mask", "type", "subtype"],
  person: ["person"],
  institution: ["institution"],
  available: ["available"],
  current: ["current"],
  limit: ["limit"],
  change: ["change"],
  currency: [],
  lowBalance: ["threshold", "belowSince"],
  read: ["readAt", "lastUpdatedAt", "source"],
};

/** Every amount needs its currency and every row its ids, whichever columns are shown. */
const requiredColumns: ListColumn[] = ["currency", "health", "accountId", "itemId"];

/** Columns that a group head replaces on screen; each row of a file needs them. */
const groupColumns: ColumnId[] = ["person", "institution"];

/** Exports the accounts on screen, in their order, with the visible columns. */
export function ListExport({
  accountIds,
  columns,
  disabled,
}: {
  accountIds: () => string[];
  columns: ColumnId[];
  /** True until all accounts are loaded. */
  disabled: boolean;
}) {
  const { run, running } = useExport();
  const ids = columnLayouts
    .map(({ id }) => id)
    .filter((id) => columns.includes(id) || groupColumns.includes(id));
  const take = (format: ExportFormat) =>
    run(
      {
        kind: "list",
        accountIds: accountIds(),
        columns: [...ids.flatMap((id) => fileColumns[id]), ...requiredColumns],
      },
      format,
    );
  return (
    <ExportMenu
      sections={[
        {
          label: "The accounts shown",
          choices: [
            {
              words: "CSV, for spreadsheets",
              onTake: () => take("csv"),
              testId: "list-export-csv",
            },
            { words: "JSON", onTake: () => take("json"), testId: "list-export-json" },
          ],
        },
      ]}
      px={10}
      loading={running}
      disabled={disabled}
      testId="list-export"
    />
  );
}
