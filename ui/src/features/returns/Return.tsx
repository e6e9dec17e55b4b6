import { Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useRef } from "react";
import { commands } from "../../api/commands";
import type { ReturnInitiator, ReturnReason } from "../../api/returnCodes";
import type { EvaluationView } from "../../api/signal";
import { useReportHistory } from "../../data/decisions";
import { useDeliverNow, useEvaluationAct } from "../../data/evaluations";
import { useReturnCodes } from "../../data/returns";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { Recorded } from "../../kit/components/Recorded";
import { SubmitRow } from "../../kit/components/SubmitRow";
import { formatDay } from "../../kit/format";
import { returnWords } from "../../kit/words/decision";
import { RepeatReturnNote } from "./AccountReturnsNote";
import { ReturnCode } from "./ReturnCodes";
import { initiatorWords } from "./words";

/** The recorded return, or the form to record or correct it. */
export function Return({ evaluation }: { evaluation: EvaluationView }) {
  const { returned } = evaluation;
  const history = useReportHistory(evaluation.clientTransactionId, returned !== null);
  const [, ...earlier] = history.data?.returns ?? [];
  const recorded = (
    <Recorded
      name="return"
      record={returned}
      earlier={earlier.map((one) => ({ ...one, words: returnWords(one) }))}
      deliverNow={useDeliverNow()}
      words={
        returned ? (
          <>
            <ReturnCode code={returned.returnCode} /> {returned.meaning}
            {returned.returnedOn ? `, returned ${formatDay(returned.returnedOn)}` : ""}
          </>
        ) : null
      }
      form={(onSaved, onCancel) => (
        <ReturnForm evaluation={evaluation} onSaved={onSaved} onCancel={onCancel} />
      )}
    />
  );
  if (!returned) return recorded;
  return (
    <Stack gap="xs">
      {recorded}
      <NextStep code={returned.returnCode} />
      <RepeatReturnNote accountId={evaluation.accountId} />
    </Stack>
  );
}

/** What to do after a return with this code. */
function NextStep({ code }: { code: string }) {
  const codes = useReturnCodes();
  const known = codes.data?.find((one) => one.code === code);
  return known ? (
    <Text size="sm" maw="72ch">
      <strong>Next:</strong> {known.nextWords}
    </Text>
  ) : null;
}

interface FormProps {
  evaluation: EvaluationView;
  onSaved: () => void;
  onCancel?: () => void;
}

const order: ReturnInitiator[] = ["bank", "customer", "other"];

function codeOptions(codes: ReturnReason[]) {
  return order
    .map((initiator) => ({
      group: initiatorWords[initiator],
      items: codes
        .filter(({ initiatedBy }) => initiatedBy === initiator)
        .map(({ code, title }) => ({ value: code, label: `${code} – ${title}` })),
    }))
    .filter(({ items }) => items.length > 0);
}

function ReturnForm({ evaluation, onSaved, onCancel }: FormProps) {
  const codes = useReturnCodes();
  const date = useRef<HTMLInputElement>(null);
  const before = evaluation.returned;
  const form = useForm({
    initialValues: {
      returnCode: before?.returnCode ?? null,
      returnedOn: before?.returnedOn ?? "",
    },
    validate: {
      returnCode: (chosen) => (chosen ? null : "Choose the return code."),
      // A partly typed date has no value; without this check it would silently be dropped.
      returnedOn: () =>
        date.current?.validity.badInput ? "Complete the date, or clear it." : null,
    },
  });
  const save = useEvaluationAct(commands.returnRecord, onSaved);
  const { problem } = save;
  const submit = form.onSubmit(({ returnCode, returnedOn }) =>
    save.run({
      clientTransactionId: evaluation.clientTransactionId,
      returnCode: returnCode ?? "",
      returnedOn: returnedOn || null,
    }),
  );
  const chosen = codes.data?.find(({ code }) => code === form.values.returnCode);
  const beside = problemBeside(problem, ["returnCode", "returnedOn"]);
  return (
    <form onSubmit={submit} noValidate aria-label="Record a return">
      <Stack gap="sm">
        <Group gap="sm" align="flex-start">
          <Select
            {...form.getInputProps("returnCode")}
            label="Return code"
            placeholder="Search by code or words"
            data={codeOptions(codes.data ?? [])}
            searchable
            nothingFoundMessage="No such code"
            error={form.errors.returnCode ?? problemAt(problem, "returnCode")}
            required
            flex="2 1 260px"
            data-testid="return-code"
          />
          <TextInput
            {...form.getInputProps("returnedOn")}
            ref={date}
            type="date"
            label="Returned on"
            placeholder="YYYY-MM-DD"
            error={form.errors.returnedOn ?? problemAt(problem, "returnedOn")}
            flex="1 1 150px"
            data-testid="return-date"
          />
        </Group>
        {chosen ? (
          <div role="status">
            <Text size="sm" c="dimmed" maw="72ch">
              {chosen.meaning}
            </Text>
            <Text size="sm" c="dimmed" maw="72ch">
              Comes within: {chosen.windowWords}.
            </Text>
            <Text size="sm" maw="72ch" data-testid="return-next">
              <strong>Next:</strong> {chosen.nextWords}
            </Text>
          </div>
        ) : null}
        {codes.error ? (
          <ProblemNotice problem={codes.error} onRetry={() => void codes.refetch()} />
        ) : null}
        {beside ? <ProblemNotice problem={beside} onRetry={() => submit()} /> : null}
        <SubmitRow
          variant="default"
          running={save.running}
          runningLabel="Saving…"
          data-testid="return-save"
          onCancel={onCancel}
        >
          Record the return
        </SubmitRow>
      </Stack>
    </form>
  );
}
