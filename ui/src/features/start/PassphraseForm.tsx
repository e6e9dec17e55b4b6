import { Group, Progress, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { AppStatus, SecretStoreChoice } from "../../api/start";
import { useStatusAct } from "../../data/status";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { SecretInput } from "../../kit/components/SecretInput";
import { SubmitRow } from "../../kit/components/SubmitRow";
import { passphraseStrength, SHORTEST_PASSPHRASE } from "./passphrase";

interface Props {
  /** The command: choose at first start, or change later. */
  act: (choice: SecretStoreChoice) => Promise<AppStatus>;
  submitLabel: string;
  onDone?: () => void;
  onCancel?: () => void;
}

/** Sets a passphrase: typed twice, with a strength hint and a warning about losing it. */
export function PassphraseForm({ act, submitLabel, onDone, onCancel }: Props) {
  const form = useForm({
    initialValues: { passphrase: "", repeat: "" },
    validate: {
      passphrase: (typed) =>
        [...typed].length >= SHORTEST_PASSPHRASE
          ? null
          : `Use at least ${SHORTEST_PASSPHRASE} characters.`,
      repeat: (typed, { passphrase }) =>
        typed === passphrase ? null : "The two passphrases are not the same.",
    },
  });
  const save = useStatusAct(act, () => {
    form.reset();
    onDone?.();
  });
  const strength = passphraseStrength(form.values.passphrase);
  const beside = problemBeside(save.problem, ["passphrase"]);
  const submit = form.onSubmit(({ passphrase }) => save.run({ kind: "passphrase", passphrase }));
  return (
    <form onSubmit={submit} noValidate aria-label="Passphrase">
      <Stack gap="sm" maw={420}>
        <div>
          <SecretInput
            what="the passphrase"
            {...form.getInputProps("passphrase")}
            label="Passphrase"
            description={`At least ${SHORTEST_PASSPHRASE} characters; a few unrelated words are good`}
            error={form.errors.passphrase ?? problemAt(save.problem, "passphrase")}
            required
            data-testid="passphrase-new"
          />
          <Group gap="xs" mt={6} wrap="nowrap">
            <Progress
              value={strength.share}
              color={strength.colour}
              size="xs"
              flex={1}
              aria-hidden
            />
            <Text size="xs" c="dimmed" miw={110} role="status">
              {strength.words}
            </Text>
          </Group>
        </div>
        <SecretInput
          what="the passphrase"
          {...form.getInputProps("repeat")}
          label="The same again"
          required
          data-testid="passphrase-repeat"
        />
        <Text size="sm">
          <strong>It cannot be recovered.</strong> Whoever loses it loses the keys and the encrypted
          data with it. You are asked for it each time Balance Desk starts.
        </Text>
        {beside ? <ProblemNotice problem={beside} onRetry={() => submit()} /> : null}
        <SubmitRow
          running={save.running}
          runningLabel="Working…"
          data-testid="passphrase-save"
          onCancel={onCancel}
        >
          {submitLabel}
        </SubmitRow>
      </Stack>
    </form>
  );
}
