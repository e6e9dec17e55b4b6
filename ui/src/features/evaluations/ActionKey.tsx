import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useActionKey, useSaveActionKey } from "../../data/evaluations";
import { CopyText } from "../../kit/components/CopyText";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { SubmitRow } from "../../kit/components/SubmitRow";
import { count } from "../../kit/format";

/** The action key of a rule: the user's meaning, or a form to add one. */
export function ActionKey({ actionKey }: { actionKey: string }) {
  const meaning = useActionKey(actionKey);
  const [editing, setEditing] = useState(false);
  return (
    <div style={{ minWidth: 0 }}>
      <Text size="xs" c="dimmed">
        Action
      </Text>
      {meaning ? (
        <Text size="sm" fw={620} className="breakable" data-testid="action-meaning">
          {meaning.meaning}
          {meaning.daysToHold === null ? "" : ` (hold ${count(meaning.daysToHold, "day")})`}
        </Text>
      ) : null}
      <Group gap={8}>
        <CopyText text={actionKey} what="custom action key" testId="evaluation-action-key" />
        {editing ? null : (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => setEditing(true)}
            data-testid="action-edit"
          >
            {meaning ? "Change its meaning" : "Say what it means"}
          </Button>
        )}
      </Group>
      {editing ? (
        <ActionKeyForm
          actionKey={actionKey}
          meaning={meaning?.meaning ?? ""}
          daysToHold={meaning?.daysToHold ?? null}
          onDone={() => setEditing(false)}
        />
      ) : null}
    </div>
  );
}

interface FormProps {
  actionKey: string;
  meaning: string;
  daysToHold: number | null;
  onDone: () => void;
}

export function ActionKeyForm({ actionKey, meaning, daysToHold, onDone }: FormProps) {
  const form = useForm({ initialValues: { meaning, days: daysToHold?.toString() ?? "" } });
  const save = useSaveActionKey(onDone);
  const { problem } = save;
  const submit = form.onSubmit((typed) =>
    save.run({
      customActionKey: actionKey,
      meaning: typed.meaning,
      daysToHold: typed.days || null,
    }),
  );
  const beside = problemBeside(problem, ["meaning", "daysToHold"]);
  return (
    <form onSubmit={submit} noValidate aria-label={`Meaning of ${actionKey}`}>
      <Stack gap="xs" mt={6} maw={360}>
        <TextInput
          {...form.getInputProps("meaning")}
          label="What is done then"
          placeholder="Hold 3 days"
          error={problemAt(problem, "meaning")}
          data-autofocus
          data-testid="action-meaning-input"
        />
        <TextInput
          {...form.getInputProps("days")}
          label="Days the funds are held"
          description="Suggested when you record the decision. Empty: none"
          inputMode="numeric"
          error={problemAt(problem, "daysToHold")}
          data-testid="action-days-input"
        />
        {beside ? <ProblemNotice problem={beside} onRetry={() => submit()} /> : null}
        <SubmitRow
          running={save.running}
          runningLabel="Saving…"
          onCancel={onDone}
          data-testid="action-save"
        >
          Save
        </SubmitRow>
      </Stack>
    </form>
  );
}
