import type { ExportFormat, ExportWhat } from "../../api/export";
import { useExport } from "../../data/export";
import { ExportMenu } from "../../kit/components/ExportMenu";

interface Props {
  /** Describes the export in the menu: "3 selected evaluations". */
  label: string;
  what: () => ExportWhat;
  size?: "xs" | "sm";
  disabled?: boolean;
}

export function AuditExport({ label, what, size = "sm", disabled }: Props) {
  const { run, running } = useExport();
  const take = (format: ExportFormat) => run(what(), format);
  return (
    <ExportMenu
      sections={[
        {
          label,
          choices: [
            {
              words: "CSV, for spreadsheets",
              onTake: () => take("csv"),
              testId: "audit-export-csv",
            },
            {
              words: "JSON, with everything that is kept",
              onTake: () => take("json"),
              testId: "audit-export-json",
            },
          ],
        },
      ]}
      size={size}
      px={10}
      loading={running}
      disabled={disabled}
      testId="audit-export"
    />
  );
}
