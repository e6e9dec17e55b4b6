import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { queries } from "../../api/commands";
import type { ExportFormat } from "../../api/export";
import { useExport } from "../../data/export";

const formats: Array<{ format: ExportFormat; words: string }> = [
  { format: "csv", words: "CSV, for spreadsheets" },
  { format: "json", words: "JSON" },
];

/** Takes along every reading of this account, or of all. */
export function ExportMenu({ accountId }: { accountId: string }) {
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
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          loading={running}
          data-testid="export-history"
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Readings of this account</Menu.Label>
        {formats.map(({ format, words }) => (
          <Menu.Item
            key={format}
            onClick={() => history([accountId], format)}
            data-testid={`export-one-${format}`}
          >
            {words}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>Readings of all accounts</Menu.Label>
        {formats.map(({ format, words }) => (
          <Menu.Item
            key={format}
            onClick={() => void all(format)}
            data-testid={`export-all-${format}`}
          >
            {words}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
