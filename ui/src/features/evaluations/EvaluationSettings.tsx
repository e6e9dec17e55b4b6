import { Button, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import type { ActionKeyView, DebitMargin } from "../../api/signal";
import {
  useActionKeys,
  useForgetActionKey,
  useMargin,
  useSaveMargin,
} from "../../data/evaluations";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt } from "../../kit/components/problem";
import { Section } from "../../kit/components/Section";
import { SettingsForm } from "../../kit/components/SettingsForm";
import { Unit } from "../../kit/components/Unit";
import { Waiting } from "../../kit/components/Waiting";
import { count } from "../../kit/format";
import { ActionKeyForm } from "./ActionKey";
import classes from "./EvaluationSettings.module.css";

export function EvaluationSettings() {
  const margin = useMargin();
  const keys = useActionKeys();
  const error = margin.error ?? keys.error;
  const again = () => {
    void margin.refetch();
    void keys.refetch();
  };
  return (
    <Section
      title="Evaluations"
      hint="How much is kept back when Balance Desk estimates what could be debited, and what the action keys of your rulesets mean to you."
    >
      <Stack gap="lg">
        {error ? <ProblemNotice problem={error} onRetry={again} /> : null}
        {!error && !(margin.data && keys.data) ? <Waiting>Reading…</Waiting> : null}
        {margin.data ? <MarginForm margin={margin.data} /> : null}
        {keys.data ? <ActionKeys keys={keys.data} /> : null}
      </Stack>
    </Section>
  );
}

function MarginForm({ margin }: { margin: DebitMargin }) {
  const form = useForm({ initialValues: { ...margin } });
  const save = useSaveMargin();
  const { problem } = save;
  const submit = form.onSubmit((typed) => save.run(typed));
  return (
    <SettingsForm
      label="Margin of the estimate"
      save={save}
      fields={["percent", "amount"]}
      onSubmit={submit}
      testId="settings-margin"
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          {...form.getInputProps("percent")}
          label="Kept back, in percent"
          description="Of the last balance known"
          inputMode="decimal"
          rightSection={<Unit>%</Unit>}
          error={problemAt(problem, "percent")}
          data-testid="settings-margin-percent"
        />
        <TextInput
          {...form.getInputProps("amount")}
          label="Kept back besides"
          description="A fixed amount; 0 for none"
          inputMode="decimal"
          rightSection={<Unit>USD</Unit>}
          rightSectionWidth={48}
          error={problemAt(problem, "amount")}
          data-testid="settings-margin-amount"
        />
      </SimpleGrid>
    </SettingsForm>
  );
}

function ActionKeys({ keys }: { keys: ActionKeyView[] }) {
  const [added, setAdded] = useState("");
  const [editing, setEditing] = useState<string | null>(null);
  const typed = added.trim();
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm" fw={550}>
          Action keys
        </Text>
        <Text size="xs" c="dimmed">
          A rule can name an action, for example 3-day-hold. What it means to you is shown with each
          result, and its days are suggested for the decision.
        </Text>
      </div>
      {keys.length > 0 ? (
        <ul className={classes.keys} aria-label="Action keys">
          {keys.map((one) => (
            <KeyLine
              key={one.customActionKey}
              one={one}
              editing={editing === one.customActionKey}
              onEdit={setEditing}
            />
          ))}
        </ul>
      ) : null}
      {editing !== null && !keys.some((one) => one.customActionKey === editing) ? (
        <div>
          <span className="code">{editing}</span>
          <ActionKeyForm
            actionKey={editing}
            meaning=""
            daysToHold={null}
            onDone={() => setEditing(null)}
          />
        </div>
      ) : null}
      <Group gap="xs" align="flex-end">
        <TextInput
          label="Another key"
          placeholder="3-day-hold"
          value={added}
          onChange={(event) => setAdded(event.currentTarget.value)}
          spellCheck={false}
          data-testid="settings-new-action-key"
        />
        <Button
          variant="default"
          disabled={!typed}
          onClick={() => {
            setEditing(typed);
            setAdded("");
          }}
          data-testid="settings-add-action-key"
        >
          Say what it means
        </Button>
      </Group>
    </Stack>
  );
}

interface LineProps {
  one: ActionKeyView;
  editing: boolean;
  onEdit: (key: string | null) => void;
}

function KeyLine({ one, editing, onEdit }: LineProps) {
  const { customActionKey, meaning, daysToHold } = one;
  const forget = useForgetActionKey();
  return (
    <li data-testid="settings-action-key" data-key={customActionKey}>
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <span className="code">{customActionKey}</span>
          <Text size="sm" className="breakable" c={meaning ? undefined : "dimmed"}>
            {meaning ?? "no meaning yet"}
            {daysToHold === null ? "" : `, hold ${count(daysToHold, "day")}`}
          </Text>
        </div>
        {editing ? null : (
          <Group gap={4} wrap="nowrap">
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => onEdit(customActionKey)}
              aria-label={`Change the meaning of ${customActionKey}`}
            >
              {meaning ? "Change" : "Say what it means"}
            </Button>
            {meaning ? (
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => forget.run(customActionKey)}
                disabled={forget.running}
                aria-label={`Take the meaning of ${customActionKey} away`}
              >
                Take away
              </Button>
            ) : null}
          </Group>
        )}
      </Group>
      {forget.problem ? <ProblemNotice problem={forget.problem} /> : null}
      {editing ? (
        <ActionKeyForm
          actionKey={customActionKey}
          meaning={meaning ?? ""}
          daysToHold={daysToHold}
          onDone={() => onEdit(null)}
        />
      ) : null}
    </li>
  );
}
