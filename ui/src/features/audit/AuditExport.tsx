import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import type { ExportFormat, ExportWhat } from "../../api/export";
import { useExport } from "../../data/export";

interface Props {
  /** What is written, said in the menu: "3 selected evaluations". */
  label: string;
  what: () => ExportWhat;
  size?: "xs" | "sm";
  disabled?: boolean;
}

/** Takes evaluations along with everything that is kept of them. */
export function AuditExport({ label, what, size = "sm", disabled }: Props) {
  const { run, running } = useExport();
  const take = (format: ExportFormat) => run(what(), format);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size={size}
          px={10}
          leftSection={<IconDownload size={15} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          loading={running}
          disabled={disabled}
          data-testid="audit-export"
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{label}</Menu.Label>
        <Menu.Item onClick={() => take("csv")} data-testid="audit-export-csv">
          CSV, for spreadsheets
        </Menu.Item>
        <Menu.Item onClick={() => take("json")} data-testid="audit-export-json">
          JSON, with everything that is kept
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
