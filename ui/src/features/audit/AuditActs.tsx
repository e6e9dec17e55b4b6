import { Button, Group, Text } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import type { ActivityFilter } from "../../api/activity";
import { useAudit } from "../../data/audit";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { count, formatCount } from "../../kit/format";
import { AuditExport } from "./AuditExport";
import { AuditSheet } from "./AuditSheet";

interface Props {
  selected: ReadonlySet<string>;
  onClear: () => void;
  /** The filter to export when nothing is selected. */
  filter: ActivityFilter;
  /** Number of evaluations that match the filter. */
  matching: number;
}

/** Prints and exports the selected evaluations, or all that match the filter. */
export function AuditActs({ selected, onClear, filter, matching }: Props) {
  const [printed, setPrinted] = useState<string[]>([]);
  const { data, error, refetch, isFetching } = useAudit(printed);
  const some = selected.size > 0;
  return (
    <Group gap="xs">
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {some ? (
        <>
          <Text size="sm" data-testid="activity-selected">
            {formatCount(selected.size)} selected
          </Text>
          <Button variant="subtle" px={8} onClick={onClear} data-testid="activity-select-none">
            Clear
          </Button>
          <Button
            variant="default"
            px={10}
            leftSection={<IconPrinter size={15} aria-hidden />}
            loading={isFetching}
            onClick={() => setPrinted([...selected])}
            data-testid="audit-print-selected"
          >
            Print
          </Button>
        </>
      ) : null}
      <AuditExport
        label={
          some
            ? count(selected.size, "selected evaluation")
            : count(matching, "evaluation that matches", "evaluations that match")
        }
        what={() =>
          some
            ? { kind: "evaluations", clientTransactionIds: [...selected] }
            : { kind: "evaluationsMatching", filter }
        }
        disabled={!some && matching === 0}
      />
      {printed.length > 0 && data ? (
        <AuditSheet audits={data} onDone={() => setPrinted([])} />
      ) : null}
    </Group>
  );
}
