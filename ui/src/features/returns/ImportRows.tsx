import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { commands } from "../../api/commands";
import type {
  CandidateView,
  ImportRow,
  ImportState,
  ReturnImportView,
  RowChoice,
} from "../../api/returns";
import { useImportAct, useImportRows } from "../../data/returns";
import { ActButton } from "../../kit/components/ActButton";
import { Amount } from "../../kit/components/Amount";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { count, formatDay } from "../../kit/format";
import { useAct } from "../../kit/hooks/useAct";
import { useNavigation } from "../../kit/navigation/route";
import { accountTitle } from "../../kit/words/account";
import { ReturnCode } from "./ReturnCodes";
import classes from "./Returns.module.css";
import { countOf, reasonWords, stateOrder, stateWords } from "./words";

const PAGE = 50;

/** The rows of a file, each with its possible debits. */
export function ImportRowsList({ view }: { view: ReturnImportView }) {
  const { counts } = view;
  const [state, setState] = useState<ImportState | null>(
    () => stateOrder.find((one) => countOf(counts, one) > 0) ?? null,
  );
  const [page, setPage] = useState(0);
  const rows = useImportRows(view, state, page * PAGE, PAGE);
  const suggested = useImportAct<void>(() => commands.returnImportChooseSuggested(view.importId));
  const show = (next: ImportState | null) => {
    setState(next);
    setPage(0);
  };
  const choices = [
    { value: "all", label: `All rows (${counts.all})` },
    ...stateOrder
      .filter((one) => countOf(counts, one) > 0 || one === state)
      .map((one) => ({
        value: one as string,
        label: `${stateWords[one]} (${countOf(counts, one)})`,
      })),
  ];
  const found = rows.data?.found ?? 0;
  const pages = Math.ceil(found / PAGE);
  return (
    <div>
      <Group gap="sm" mb="sm">
        <Select
          aria-label="Which rows"
          data={choices}
          value={state ?? "all"}
          onChange={(chosen) =>
            show(chosen === null || chosen === "all" ? null : (chosen as ImportState))
          }
          allowDeselect={false}
          w={240}
          data-testid="import-state"
        />
        {counts.suggested > 0 ? (
          <ActButton
            variant="default"
            onClick={() => suggested.run()}
            running={suggested.running}
            runningLabel="Choosing…"
            data-testid="import-suggested"
          >
            Take the likely debit of {count(counts.suggested, "row")}
          </ActButton>
        ) : null}
        <Text size="xs" c="dimmed" role="status" data-testid="import-counts">
          {counts.ready} of {count(counts.all, "row")} will be recorded
        </Text>
      </Group>
      {rows.error ? (
        <ProblemNotice problem={rows.error} onRetry={() => void rows.refetch()} />
      ) : null}
      {!rows.data && !rows.error ? <Waiting>Reading the rows…</Waiting> : null}
      {rows.data && found === 0 ? (
        <Text size="sm" c="dimmed" py="md" ta="center">
          No row is left here. Choose others above, or record what is ready.
        </Text>
      ) : null}
      <div className={classes.rows}>
        {rows.data?.rows.map((row) => (
          <ImportRowPanel key={row.row} view={view} row={row} />
        ))}
      </div>
      {pages > 1 ? (
        <Group justify="center" gap="xs" mt="sm">
          <Button variant="default" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Previous
          </Button>
          <Text size="xs" c="dimmed" className="tabular">
            Page {page + 1} of {pages}
          </Text>
          <Button variant="default" disabled={page + 1 >= pages} onClick={() => setPage(page + 1)}>
            Next
          </Button>
        </Group>
      ) : null}
    </div>
  );
}

function ImportRowPanel({ view, row }: { view: ReturnImportView; row: ImportRow }) {
  const choose = useImportAct((choice: RowChoice) =>
    commands.returnImportChoose(view.importId, row.row, choice),
  );
  const chosen = row.candidates.find((one) => one.clientTransactionId === row.chosen);
  const choosable = row.state !== "faulty" && row.state !== "already";
  // The file's own transaction ID decided this; offer no other choice.
  const byFile = chosen?.reasons.includes("transactionId") && !chosen.otherAmount;
  const undo = row.state === "skipped" || (row.state === "ready" && !byFile);
  return (
    <div
      className={`panel ${classes.row}`}
      data-testid="import-row"
      data-state={row.state}
      data-line={row.line}
    >
      <FileSide row={row} />
      <Stack gap={4}>
        {row.faults.map(({ column, message }) => (
          <Text key={message} size="sm" c="var(--desk-bad)" className="breakable">
            {column ? `${column}: ` : ""}
            {message}
          </Text>
        ))}
        {chosen ? <Candidate candidate={chosen} chosen recorded={row.state === "already"} /> : null}
        {!chosen && choosable
          ? row.candidates.map((candidate) => (
              <Candidate
                key={candidate.clientTransactionId}
                candidate={candidate}
                likely={candidate.clientTransactionId === row.suggested}
                running={choose.running}
                onChoose={() =>
                  choose.run({
                    kind: "debit",
                    clientTransactionId: candidate.clientTransactionId,
                  })
                }
              />
            ))
          : null}
        {row.moreCandidates > 0 && !chosen ? (
          <Text size="xs" c="dimmed">
            {count(row.moreCandidates, "more debit")} of this amount. Search for the right one.
          </Text>
        ) : null}
        {!chosen && choosable ? (
          <DebitSearch
            view={view}
            row={row}
            onChoose={(id) => choose.run({ kind: "debit", clientTransactionId: id })}
          />
        ) : null}
        {choose.problem ? (
          <ProblemNotice problem={choose.problem} onDismiss={choose.clear} />
        ) : null}
        {choosable ? (
          <Group gap="xs" mt={2}>
            {row.state === "skipped" ? null : (
              <Button
                size="compact-xs"
                variant="default"
                disabled={choose.running}
                onClick={() => choose.run({ kind: "skip" })}
                data-testid="row-skip"
              >
                Leave out
              </Button>
            )}
            {undo ? (
              <Button
                size="compact-xs"
                variant="default"
                disabled={choose.running}
                onClick={() => choose.run({ kind: "undo" })}
                data-testid="row-undo"
              >
                As it was
              </Button>
            ) : null}
          </Group>
        ) : null}
      </Stack>
    </div>
  );
}

function FileSide({ row }: { row: ImportRow }) {
  const known = /^R\d\d$/.test(row.returnCode) && row.state !== "faulty";
  return (
    <div>
      <Group gap={8}>
        <span className={classes.state} data-state={row.state}>
          {stateWords[row.state]}
        </span>
        <Text size="xs" c="dimmed">
          line {row.line}
        </Text>
      </Group>
      <Group gap="2px 10px" mt={4} align="baseline" fz="sm">
        {known ? <ReturnCode code={row.returnCode} title /> : <strong>{row.returnCode}</strong>}
        {row.amount ? <Amount amount={row.amount} currency="USD" /> : null}
        {row.returnedOn ? <Text size="sm">{formatDay(row.returnedOn)}</Text> : null}
      </Group>
      <Text size="xs" c="dimmed" className="breakable" mt={2}>
        {[
          row.name,
          row.accountEnding ? `account ••${row.accountEnding}` : null,
          ...row.references,
          row.information,
        ]
          .filter(Boolean)
          .join(", ")}
      </Text>
    </div>
  );
}

interface CandidateProps {
  candidate: CandidateView;
  chosen?: boolean;
  /** This debit already has the return recorded. */
  recorded?: boolean;
  likely?: boolean;
  running?: boolean;
  onChoose?: () => void;
}

function Candidate({ candidate, chosen, recorded, likely, running, onChoose }: CandidateProps) {
  const { reasons, hindrance, returned, clientTransactionId } = candidate;
  const { go } = useNavigation();
  const needsDecision = candidate.needsDecision && !recorded;
  return (
    <div className={classes.candidate} data-testid={chosen ? "row-chosen" : "row-candidate"}>
      <div style={{ minWidth: 0 }}>
        <Text size="sm" className="breakable">
          {chosen ? <strong>For: </strong> : null}
          {candidate.personName}, {candidate.institutionName},{" "}
          {accountTitle({ name: candidate.accountName, mask: candidate.accountMask })},{" "}
          <Amount amount={candidate.amount} currency="USD" />, evaluated{" "}
          {formatDay(candidate.evaluatedOn)}
        </Text>
        <Text size="xs" c="dimmed" className="breakable">
          {likely ? "Likely: " : ""}
          {reasons.map((reason) => reasonWords[reason]).join(", ")}
          {reasons.length > 0 ? "; " : ""}
          <span className="code">{clientTransactionId}</span>
        </Text>
        {candidate.otherAmount ? (
          <Text size="xs" c="var(--desk-care)">
            The amount is another one than the file says.
          </Text>
        ) : null}
        {returned && !recorded ? (
          <Text size="xs" c="var(--desk-care)">
            {returned} is recorded for it; recording this one corrects that.
          </Text>
        ) : null}
        {needsDecision ? (
          <Text size="xs" c="var(--desk-care)" data-testid="row-needs-decision">
            Plaid has this debit as not initiated and refuses its return. Record “initiated” as its
            decision first; this file waits here.
          </Text>
        ) : null}
        {hindrance ? (
          <Text size="xs" c="var(--desk-bad)">
            {hindrance}
          </Text>
        ) : null}
        {needsDecision || hindrance ? (
          <Button
            size="compact-xs"
            variant="default"
            mt={4}
            onClick={() => go({ screen: "activity", clientTransactionId })}
            data-testid="row-open"
          >
            Open the evaluation
          </Button>
        ) : null}
      </div>
      {onChoose && !hindrance ? (
        <Button
          size="compact-sm"
          variant={likely ? "light" : "default"}
          onClick={onChoose}
          disabled={running}
          flex="none"
          data-testid="row-choose"
        >
          It is this one
        </Button>
      ) : null}
    </div>
  );
}

/** Searches for another debit. */
function DebitSearch({
  view,
  row,
  onChoose,
}: {
  view: ReturnImportView;
  row: ImportRow;
  onChoose: (clientTransactionId: string) => void;
}) {
  const [words, setWords] = useState("");
  const find = useAct((searched: string) =>
    commands.returnImportSearch(view.importId, row.row, searched),
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (words.trim()) find.run(words);
      }}
    >
      <Group gap="xs">
        <TextInput
          size="xs"
          aria-label={`Find the debit of line ${row.line}`}
          placeholder="Another: person, amount or id"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          w={240}
          data-testid="row-search"
        />
        <ActButton
          type="submit"
          size="compact-sm"
          variant="default"
          running={find.running}
          runningLabel="Searching…"
        >
          Search
        </ActButton>
      </Group>
      {find.problem ? <ProblemNotice problem={find.problem} /> : null}
      {find.answer?.length === 0 ? (
        <Text size="xs" c="dimmed" role="status">
          No evaluation has these words.
        </Text>
      ) : null}
      {find.answer?.map((candidate) => (
        <Candidate
          key={candidate.clientTransactionId}
          candidate={candidate}
          onChoose={() => onChoose(candidate.clientTransactionId)}
        />
      ))}
    </form>
  );
}
