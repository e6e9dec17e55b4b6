import { Button, Checkbox, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import type { ImportCheck, ImportField, ImportProblem, ImportRow } from "../../api/batches";
import { useCheck } from "../../data/batches";
import { useExport } from "../../data/export";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { count, formatMoney } from "../../kit/format";
import classes from "./Batches.module.css";
import { importRequest, useImport } from "./importState";
import { fieldTitles } from "./words";

/** The parsed rows, with each problem and its fix next to the cell. */
export function CheckStep() {
  const { state, change } = useImport();
  const request = importRequest(state);
  const { data, error, isPlaceholderData, refetch } = useCheck(request);
  const save = useExport();
  if (error) return <ProblemNotice problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting>Checking the rows…</Waiting>;
  const errorsAnswered = data.withErrors === 0 || state.leaveOutErrors;
  const warningsAnswered = data.withWarnings === 0 || state.warningsConfirmed;
  const problems = data.withErrors + data.withWarnings;
  return (
    <Stack gap="md">
      <Section title="What was found">
        <CheckSummary check={data} />
        {data.refused ? (
          <ProblemNotice problem={{ kind: "invalidInput", message: data.refused }} />
        ) : null}
        <Stack gap="xs" mt="sm">
          {data.withErrors > 0 ? (
            <Checkbox
              label={`Leave out what has errors (${count(data.withErrors, "row")})`}
              description="Or correct them below."
              checked={state.leaveOutErrors}
              onChange={(event) => change({ leaveOutErrors: event.currentTarget.checked })}
              data-testid="batch-leave-out-errors"
            />
          ) : null}
          {data.withWarnings > 0 ? (
            <Checkbox
              label={`I have looked at the warnings (${count(data.withWarnings, "row")}), and they are right`}
              checked={state.warningsConfirmed}
              onChange={(event) => change({ warningsConfirmed: event.currentTarget.checked })}
              data-testid="batch-confirm-warnings"
            />
          ) : null}
        </Stack>
        <Group mt="md" gap="xs">
          <Button
            onClick={() => change({ step: 3 })}
            disabled={
              isPlaceholderData ||
              !errorsAnswered ||
              !warningsAnswered ||
              data.ready === 0 ||
              data.refused !== null
            }
            data-testid="batch-check-next"
          >
            Go on with {count(data.ready, "row")}
          </Button>
          {problems > 0 && request ? (
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              loading={save.running}
              onClick={() => save.run({ kind: "batchProblems", request }, "csv")}
              data-testid="batch-save-problems"
            >
              Save the list of problems
            </Button>
          ) : null}
        </Group>
      </Section>
      <CheckedRows check={data} />
    </Stack>
  );
}

function CheckSummary({ check }: { check: ImportCheck }) {
  const figures: Array<[string, string]> = [
    ["Can be imported", `${count(check.ready, "row")}, ${formatMoney(check.total, "USD")}`],
    ["With errors", count(check.withErrors, "row")],
    ["With warnings", count(check.withWarnings, "row")],
  ];
  if (check.leftOut > 0) figures.push(["Left out by you", count(check.leftOut, "row")]);
  return (
    <dl className={classes.figures} data-testid="batch-check-summary">
      {figures.map(([name, words]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="tabular">{words}</dd>
        </div>
      ))}
    </dl>
  );
}

function CheckedRows({ check }: { check: ImportCheck }) {
  const all = check.ready + check.withErrors + check.leftOut;
  return (
    <Section
      title="Rows"
      hint={
        check.rows.length < all
          ? `The first ${check.rows.length} of ${count(all, "row")}: those with errors come first, then those with warnings.`
          : undefined
      }
    >
      <table className={classes.check} data-testid="batch-check-rows">
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Person</th>
            <th scope="col">Account</th>
            <th scope="col" className={classes.right}>
              Amount (USD)
            </th>
            <th scope="col">Reference</th>
            <th scope="col">Date</th>
            <th scope="col" className={classes.atEnd}>
              <span className="visuallyHidden">Leave out</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {check.rows.map((row) => (
            <CheckedRow key={row.row} row={row} />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function CheckedRow({ row }: { row: ImportRow }) {
  const { state, change } = useImport();
  const toggle = () => {
    const others = state.leftOut.filter((other) => other !== row.row);
    change({ leftOut: row.leftOut ? others : [...others, row.row] });
  };
  const worst = row.problems.some(({ severity }) => severity === "error") ? "error" : "warning";
  return (
    <>
      <tr
        data-testid="batch-check-row"
        data-line={row.line}
        data-out={row.leftOut || undefined}
        data-worst={row.problems.length > 0 ? worst : undefined}
      >
        <td className="tabular">{row.line}</td>
        <td>{row.person}</td>
        <td>{row.account}</td>
        <td className={`${classes.right} figure`}>{row.amount}</td>
        <td>{row.reference}</td>
        <td className="tabular">{row.date}</td>
        <td className={classes.atEnd}>
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={toggle}
            aria-label={`${row.leftOut ? "Take in" : "Leave out"} line ${row.line}`}
            data-testid={`batch-leave-out-${row.line}`}
          >
            {row.leftOut ? "Take in" : "Leave out"}
          </Button>
        </td>
      </tr>
      {row.problems.map((problem) => (
        <tr key={`${problem.field} ${problem.message}`} className={classes.wrong}>
          <td />
          <td colSpan={6}>
            <ProblemCorrection row={row} problem={problem} />
          </td>
        </tr>
      ))}
    </>
  );
}

/** The problem of a cell, with a field or menu to correct it. */
function ProblemCorrection({ row, problem }: { row: ImportRow; problem: ImportProblem }) {
  const { state, change } = useImport();
  const ofCustomer =
    problem.field === "person" || problem.field === "mask" || problem.field === "clientUserId";
  const field: ImportField = ofCustomer ? "account" : problem.field;
  // A customer name or mask from the file isn't an account name.
  const original = ofCustomer ? "" : row[field as "account" | "amount" | "reference" | "date"];
  const correct = (text: string) =>
    change({
      corrections: [
        ...state.corrections.filter((other) => other.row !== row.row || other.field !== field),
        { row: row.row, field, text },
      ],
    });
  const label = `${fieldTitles[field]} in line ${row.line}`;
  const testId = `batch-correct-${row.line}-${field}`;
  return (
    <div className={classes.mend} data-severity={problem.severity} data-testid="batch-problem">
      <Text size="sm">
        <strong>{fieldTitles[problem.field]}:</strong> {problem.message}
      </Text>
      {problem.choices.length > 0 ? (
        <Select
          size="xs"
          aria-label={label}
          placeholder="Choose the account"
          data={problem.choices.map(({ accountId, label: words }) => ({
            value: accountId,
            label: words,
          }))}
          onChange={(chosen) => chosen && correct(chosen)}
          data-testid={testId}
        />
      ) : (
        <Correction
          label={label}
          original={original}
          placeholder={field === "account" ? "account_id or the account's name" : undefined}
          onCorrect={correct}
          testId={testId}
        />
      )}
    </div>
  );
}

interface CorrectionProps {
  label: string;
  original: string;
  placeholder: string | undefined;
  onCorrect: (text: string) => void;
  testId: string;
}

function Correction({ label, original, placeholder, onCorrect, testId }: CorrectionProps) {
  const [text, setText] = useState(original);
  const done = () => {
    if (text !== original) onCorrect(text);
  };
  return (
    <TextInput
      size="xs"
      aria-label={label}
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done();
      }}
      data-testid={testId}
    />
  );
}
