import { Button, Group, Select, Text, TextInput } from "@mantine/core";
import { IconBook2, IconFileImport, IconReceiptRefund, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { commands } from "../../api/commands";
import type { ReturnsFilter, ReturnsRecorded } from "../../api/returns";
import { useImportAct, useReturnImport, useReturns } from "../../data/returns";
import { ActButton } from "../../kit/components/ActButton";
import { EmptyState } from "../../kit/components/EmptyState";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Screen } from "../../kit/components/Screen";
import { Waiting } from "../../kit/components/Waiting";
import { count } from "../../kit/format";
import { RepeatReturns } from "./AccountReturnsNote";
import { ReturnCodesModal } from "./ReturnCodes";
import { ReturnImport } from "./ReturnImport";
import { ReturnsTable } from "./ReturnsTable";

/** The list of returns, or the import in progress. */
export function ReturnsScreen() {
  const imported = useReturnImport();
  const [listed, setListed] = useState(false);
  const [recorded, setRecorded] = useState<ReturnsRecorded | null>(null);
  const [reference, setReference] = useState(false);
  const pick = useImportAct<void>(commands.returnImportPick, (view) => {
    if (!view) return;
    setListed(false);
    setRecorded(null);
  });
  const view = imported.data ?? null;
  const importing = view !== null && !listed;
  const actions = (
    <Group gap="xs">
      <Button
        variant="default"
        leftSection={<IconBook2 size={16} aria-hidden />}
        onClick={() => setReference(true)}
        data-testid="returns-codes"
      >
        Return codes
      </Button>
      {view && listed ? (
        <Button
          variant="default"
          onClick={() => {
            pick.clear();
            setListed(false);
          }}
          data-testid="returns-continue"
        >
          Continue with {view.fileName}
        </Button>
      ) : null}
      {importing ? null : (
        <ActButton
          leftSection={<IconFileImport size={16} aria-hidden />}
          onClick={() => pick.run()}
          running={pick.running}
          runningLabel="Reading the file…"
          data-testid="returns-import"
        >
          Import a return file
        </ActButton>
      )}
    </Group>
  );
  return (
    <Screen title={importing ? "Import returns" : "Returns"} actions={actions}>
      <ReturnCodesModal opened={reference} onClose={() => setReference(false)} />
      {pick.problem ? (
        <div style={{ marginBottom: 12 }}>
          <ProblemNotice problem={pick.problem} onDismiss={pick.clear} />
        </div>
      ) : null}
      {recorded ? <RecordedNotice recorded={recorded} /> : null}
      {importing ? (
        <ReturnImport
          key={view.importId}
          view={view}
          onList={() => setListed(true)}
          onRecorded={setRecorded}
        />
      ) : (
        <ReturnsList />
      )}
    </Screen>
  );
}

function RecordedNotice({ recorded }: { recorded: ReturnsRecorded }) {
  const rest = [
    recorded.already > 0 ? `${count(recorded.already, "row")} had been recorded before` : null,
    recorded.leftOut > 0 ? `${count(recorded.leftOut, "row")} left out` : null,
  ].filter(Boolean);
  return (
    <div style={{ marginBottom: 12 }}>
      <Text size="sm" c="var(--desk-good)" role="status" mb={6} data-testid="returns-recorded">
        {count(recorded.recorded, "return")} recorded; they are on their way to Plaid.
        {rest.length > 0 ? ` ${rest.join(", ")}.` : ""}
      </Text>
      <RepeatReturns accounts={recorded.again} />
    </div>
  );
}

const filters: Array<{ value: ReturnsFilter; label: string }> = [
  { value: "all", label: "All returns" },
  { value: "repeated", label: "Accounts that return again" },
  { value: "customer", label: "Started by the customer" },
  { value: "waiting", label: "Waiting for Plaid" },
  { value: "refused", label: "Refused by Plaid" },
];

const PAGE = 200;

function ReturnsList() {
  const [search, setSearch] = useState("");
  const [filter, setFilter] = useState<ReturnsFilter>("all");
  const [limit, setLimit] = useState(PAGE);
  const { data, error, refetch } = useReturns({ search, filter, limit });
  const some = data !== undefined && data.all > 0;
  return (
    <>
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Waiting>Reading the returns…</Waiting> : null}
      {data && !some ? (
        <EmptyState
          icon={<IconReceiptRefund size={40} stroke={1.4} />}
          title="No debit has come back"
        >
          When a bank returns a debit, import the return file of your bank or processor, a Nacha
          file or a CSV, or record the return at its evaluation. Plaid gets every return: its
          answers get better by it.
        </EmptyState>
      ) : null}
      {data && some ? (
        <>
          <Group gap="sm" mb="sm">
            <TextInput
              aria-label="Search in returns"
              placeholder="Person, bank, account, amount, code or id"
              leftSection={<IconSearch size={15} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              w={320}
              data-testid="returns-search"
            />
            <Select
              aria-label="Which returns"
              data={filters}
              value={filter}
              onChange={(value) => setFilter((value as ReturnsFilter | null) ?? "all")}
              allowDeselect={false}
              w={240}
              data-testid="returns-filter"
            />
            <Text size="xs" c="dimmed" role="status" className="tabular">
              {data.found === data.all
                ? count(data.all, "return")
                : `${count(data.found, "return")} of ${data.all}`}
            </Text>
          </Group>
          {data.rows.length > 0 ? (
            <ReturnsTable rows={data.rows} />
          ) : (
            <Text size="sm" c="dimmed" py="lg" ta="center">
              No return matches.
            </Text>
          )}
          {data.found > data.rows.length ? (
            <Group justify="center" mt="sm">
              <Button variant="default" onClick={() => setLimit(limit + PAGE)}>
                Show more ({data.found - data.rows.length})
              </Button>
            </Group>
          ) : null}
        </>
      ) : null}
    </>
  );
}
