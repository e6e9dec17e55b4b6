import type { ExportFormat, ListColumn } from "../../api/export";
import { useExport } from "../../data/export";
import { ExportMenu } from "../../kit/components/ExportMenu";
import { type ColumnId, looks } from "./columns";

/** What a column on the screen is in a file: what stands in one cell there may be several values here. */
const inFile: Record<ColumnId, ListColumn[]> = {
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

/** Every amount needs its currency, and a row its ids, whichever columns are shown. */
const always: ListColumn[] = ["currency", "health", "accountId", "itemId"];

/** On the screen a group's head says whose account it is; in a file each row stands alone. */
const alone: ColumnId[] = ["person", "institution"];

/** Takes the present list along: the accounts that are shown, in their order, with the chosen columns. */
export function ListExport({
  accountIds,
  columns,
  disabled,
}: {
  accountIds: () => string[];
  columns: ColumnId[];
  /** Not all that is shown is here yet. */
  disabled: boolean;
}) {
  const { run, running } = useExport();
  const ids = looks.map(({ id }) => id).filter((id) => columns.includes(id) || alone.includes(id));
  const take = (format: ExportFormat) =>
    run(
      {
        kind: "list",
        accountIds: accountIds(),
        columns: [...ids.flatMap((id) => inFile[id]), ...always],
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
