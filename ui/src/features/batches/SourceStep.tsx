import { Code, Stack, Text, Textarea } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import type { ImportDraft } from "../../api/batches";
import { commands } from "../../api/commands";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { formatDate } from "../../kit/format";
import { useAct } from "../../kit/hooks/useAct";
import { emptyImport, useImport } from "./importState";

/** Chooses a file or takes pasted text. */
export function SourceStep() {
  const { state, change } = useImport();
  const take = (draft: ImportDraft | null) => {
    if (!draft) return;
    const today = formatDate(new Date().toISOString());
    change({
      ...emptyImport,
      pasted: state.pasted,
      draft,
      mapping: draft.mapping,
      name: draft.fileName?.replace(/\.[^.]+$/, "") ?? `Pasted ${today}`,
      step: 1,
    });
  };
  const file = useAct(commands.batchOpenFile, take);
  const paste = useAct(commands.batchPaste, take);
  return (
    <Stack gap="md">
      <Section
        title="A file"
        hint="CSV with a header row, up to 100,000 rows and 64 MiB. Commas, semicolons, tabulators or bars between the cells."
      >
        <ActButton
          leftSection={<IconFileImport size={16} aria-hidden />}
          onClick={() => file.run()}
          running={file.running}
          runningLabel="Reading…"
          data-testid="batch-open-file"
        >
          Choose a file
        </ActButton>
        {file.problem ? (
          <div style={{ marginTop: 12 }}>
            <ProblemNotice problem={file.problem} />
          </div>
        ) : null}
      </Section>
      <Section title="Or paste" hint="Rows copied from a spreadsheet, with their header row.">
        <Textarea
          label="Planned debits"
          description={
            <>
              For example <Code>person, mask, amount, reference</Code> in the first row.
            </>
          }
          autosize
          minRows={5}
          maxRows={14}
          value={state.pasted}
          onChange={(event) => change({ pasted: event.currentTarget.value })}
          error={paste.problem?.field === "file" ? paste.problem.message : undefined}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
          data-testid="batch-paste-text"
        />
        {paste.problem && paste.problem.field !== "file" ? (
          <ProblemNotice problem={paste.problem} />
        ) : null}
        <ActButton
          mt="sm"
          variant="default"
          onClick={() => paste.run(state.pasted)}
          running={paste.running}
          runningLabel="Reading…"
          disabled={state.pasted.trim() === ""}
          data-testid="batch-paste-read"
        >
          Read this text
        </ActButton>
      </Section>
      <Text size="xs" c="dimmed">
        Nothing is sent to Plaid before you run the batch.
      </Text>
    </Stack>
  );
}
