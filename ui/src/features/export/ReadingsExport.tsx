import { useQueryClient } from "@tanstack/react-query";
import { queries } from "../../api/commands";
import type { ExportFormat } from "../../api/export";
import { useExport } from "../../data/export";
import { ExportMenu } from "../../kit/components/ExportMenu";

const formats: Array<{ format: ExportFormat; words: string }> = [
  { format: "csv", words: "CSV, for spreadsheets" },
  { format: "json", words: "JSON" },
];

/** Exports all readings of this account, or of all accounts. */
export function ReadingsExport({ accountId }: { accountId: string }) {
  const client = useQueryClient();
  const { run, running } = useExport();
  const history = (accountIds: string[], format: ExportFormat) =>
    run({ kind: "history", accountIds, from: null, to: null }, format);
  const all = async (format: ExportFormat) => {
    const list = await client.ensureQueryData(queries.accountsList(null));
    history(
      list.rows.map((row) => row.accountId),
      format,
    );
  };
  const choices = (name: "one" | "all", take: (format: ExportFormat) => void) =>
    formats.map(({ format, words }) => ({
      words,
      onTake: () => take(format),
      testId: `export-${name}-${format}`,
    }));
  return (
    <ExportMenu
      sections={[
        {
          label: "Readings of this account",
          choices: choices("one", (format) => history([accountId], format)),
        },
        {
          label: "Readings of all accounts",
          choices: choices("all", (format) => void all(format)),
        },
      ]}
      loading={running}
      testId="export-history"
    />
  );
}
