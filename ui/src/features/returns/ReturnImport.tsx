import { Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { commands, queries } from "../../api/commands";
import type {
  ChangeNotice,
  ReturnImportView,
  ReturnSource,
  ReturnsRecorded,
} from "../../api/returns";
import { invalidate } from "../../data/client";
import { useImportAct } from "../../data/returns";
import { ActButton } from "../../kit/components/ActButton";
import { Disclosure } from "../../kit/components/Disclosure";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { count, formatDay, formatTime } from "../../kit/format";
import { useAct } from "../../kit/hooks/useAct";
import { ImportRowsList } from "./ImportRows";
import { ReturnMappingForm } from "./ReturnMappingForm";
import classes from "./Returns.module.css";
import { leftOutWords, needsDecisionWords } from "./words";

interface Props {
  view: ReturnImportView;
  /** Shows the list; the file stays open. */
  onList: () => void;
  onRecorded: (recorded: ReturnsRecorded) => void;
}

export function ReturnImport({ view, onList, onRecorded }: Props) {
  const { source, counts } = view;
  const readable = source.kind !== "table" || source.missing === null;
  return (
    <Stack gap="md">
      <Section title={view.fileName} hint={<SourceWords source={source} />}>
        <Stack gap="sm">
          {view.recordedBefore ? (
            <Text size="sm" c="var(--desk-care)" role="status" data-testid="import-before">
              Returns of this file were recorded {formatTime(view.recordedBefore)}. What was
              recorded is known again and is not recorded twice.
            </Text>
          ) : null}
          {source.kind === "nacha" ? <ChangeNotices changes={source.changes} /> : null}
          {source.kind === "table" ? <ReturnMappingForm view={view} table={source} /> : null}
          <Group gap="xs">
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<IconArrowLeft size={14} aria-hidden />}
              onClick={onList}
              data-testid="import-list"
            >
              All returns
            </Button>
            <DiscardImport />
          </Group>
        </Stack>
      </Section>
      {readable && counts.all > 0 ? <ImportRowsList key={columnsOf(source)} view={view} /> : null}
      {readable && counts.all === 0 ? (
        <Text size="sm" c="dimmed">
          There is no return in this file.
        </Text>
      ) : null}
      {readable && counts.all > 0 ? <RecordBar view={view} onRecorded={onRecorded} /> : null}
    </Stack>
  );
}

/** A new column mapping changes the rows, so the list starts with the rows to act on again. */
function columnsOf(source: ReturnSource): string {
  return source.kind === "table" ? Object.values(source.mapping).join() : "";
}

function SourceWords({ source }: { source: ReturnSource }) {
  if (source.kind === "table") {
    return source.characters === "windows1252"
      ? "A table that is not Unicode: letters other than A to Z may look wrong."
      : "A table. Nothing is recorded before you say so.";
  }
  const made = source.createdOn ? `, made ${formatDay(source.createdOn)}` : "";
  const others =
    source.otherEntries > 0
      ? `, ${count(source.otherEntries, "entry", "entries")} of other kinds`
      : "";
  return `Nacha file of ${source.originName || "a bank"}${made}: ${count(source.batches, "batch", "batches")}${others}. Nothing is recorded before you say so.`;
}

function DiscardImport() {
  const discard = useImportAct<void>(commands.returnImportDiscard);
  return (
    <ActButton
      variant="default"
      size="compact-sm"
      onClick={() => discard.run()}
      running={discard.running}
      runningLabel="Putting away…"
      data-testid="import-discard"
    >
      Put the file away
    </ActButton>
  );
}

/** Notifications of change aren't returns, but the next debit must use the corrected data. */
function ChangeNotices({ changes }: { changes: ChangeNotice[] }) {
  if (changes.length === 0) return null;
  return (
    <Disclosure label={`${count(changes.length, "notification")} of change, no returns`}>
      <Text size="sm" c="dimmed" mb={4}>
        The bank paid these debits and asks for something to be changed, within six banking days or
        before the next debit. Your bank or processor has the new numbers; they are not shown here.
      </Text>
      <ul style={{ margin: 0, paddingInlineStart: 18 }} data-testid="import-changes">
        {changes.map((change) => (
          <li key={`${change.line}`}>
            <Text size="sm">
              <strong>{change.code}</strong> {change.meaning} {change.name}
              {change.accountEnding ? `, account ••${change.accountEnding}` : ""}
              {change.identification ? `, ${change.identification}` : ""} (line {change.line})
            </Text>
          </li>
        ))}
      </ul>
    </Disclosure>
  );
}

function RecordBar({
  view,
  onRecorded,
}: {
  view: ReturnImportView;
  onRecorded: (recorded: ReturnsRecorded) => void;
}) {
  const client = useQueryClient();
  const { counts } = view;
  const [submitted, setSubmitted] = useState(false);
  const record = useAct(
    () => commands.returnImportRecord(view.importId),
    (recorded: ReturnsRecorded) => {
      client.setQueryData(queries.returnImport().queryKey, null);
      void invalidate(client, "evaluationsChanged");
      onRecorded(recorded);
    },
  );
  const open = view.source.kind === "table" && view.source.ambiguousDate !== null;
  const submit = () => {
    setSubmitted(true);
    if (!open) record.run();
  };
  return (
    <div className={`panel ${classes.bar}`}>
      <Group gap="sm">
        <ActButton
          onClick={submit}
          disabled={counts.ready === 0}
          running={record.running}
          runningLabel="Recording…"
          data-testid="import-record"
        >
          {counts.ready === 0
            ? "No row is ready to be recorded"
            : `Record ${count(counts.ready, "return")}`}
        </ActButton>
        <Text size="sm" c="dimmed" role="status">
          {leftOutWords(counts)}
        </Text>
      </Group>
      {counts.needsDecision > 0 ? (
        <Text size="sm" c="var(--desk-care)" mt={6} role="status" data-testid="import-refused">
          {needsDecisionWords(counts)}
        </Text>
      ) : null}
      {submitted && open ? (
        <Text size="sm" c="var(--desk-bad)" mt={6} role="alert">
          Say first how the dates are to be read.
        </Text>
      ) : null}
      {record.problem ? (
        <div style={{ marginTop: 8 }}>
          <ProblemNotice problem={record.problem} onRetry={submit} />
        </div>
      ) : null}
    </div>
  );
}
