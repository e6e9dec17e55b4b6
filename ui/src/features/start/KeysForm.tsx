import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect } from "react";
import { commands } from "../../api/commands";
import type { Environment } from "../../api/environment";
import type { AppStatus } from "../../api/start";
import { useChangeover } from "../../data/status";
import { ActButton } from "../../kit/components/ActButton";
import { PageLink } from "../../kit/components/PageLink";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { SecretInput } from "../../kit/components/SecretInput";
import { environmentWords } from "../../kit/words/environment";

interface Props {
  environment: Environment;
  clientId: string | null;
  /** Where the keys will be stored, in words. */
  keptIn: string;
  onCancel: () => void;
  onSaved?: (status: AppStatus) => void;
  onChoosePassphrase?: () => void;
}

/** Asks for the client_id and secret. The desk checks them with a call to Plaid before storing them. */
export function KeysForm(props: Props) {
  const { environment, clientId, keptIn, onCancel, onSaved, onChoosePassphrase } = props;
  const { name } = environmentWords[environment];
  const form = useForm({
    initialValues: { clientId: clientId ?? "", secret: "" },
    validate: {
      clientId: (typed) => (typed ? null : "Enter the client_id."),
      secret: (typed) => (typed ? null : `Enter the ${name} secret.`),
    },
  });
  const save = useChangeover(
    `Checking the keys with Plaid and opening ${name}…`,
    commands.saveKeys,
    (status) => {
      form.setFieldValue("secret", "");
      onSaved?.(status);
    },
  );
  const { problem } = save;
  const wrongField = problem?.field;
  useEffect(() => {
    if (wrongField === "clientId" || wrongField === "secret") {
      document.getElementById(`keys-${environment}-${wrongField}`)?.focus();
    }
  }, [wrongField, environment]);
  const submit = form.onSubmit((typed) => save.run({ environment, ...typed }));
  return (
    <form onSubmit={submit} noValidate aria-label={`${name} keys`}>
      <Stack gap="sm">
        <TextInput
          {...form.getInputProps("clientId")}
          id={`keys-${environment}-clientId`}
          label="client_id"
          description="24 characters, 0-9 and a-f"
          error={form.errors.clientId ?? problemAt(problem, "clientId")}
          required
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          data-testid="keys-client-id"
        />
        <SecretInput
          what="the secret"
          {...form.getInputProps("secret")}
          id={`keys-${environment}-secret`}
          label={`${name} secret`}
          description={`30 characters; each environment has its own`}
          error={form.errors.secret ?? problemAt(problem, "secret")}
          required
          data-testid="keys-secret"
        />
        <Text size="xs" c="dimmed">
          Checked with Plaid first, then kept in {keptIn}.
        </Text>
        {problemBeside(problem, ["clientId", "secret"]) && problem ? (
          <ProblemNotice
            problem={problem}
            onRetry={() => submit()}
            onChoosePassphrase={onChoosePassphrase}
          />
        ) : null}
        <Group gap="xs">
          <ActButton
            type="submit"
            running={save.running}
            runningLabel="Checking…"
            data-testid="keys-save"
          >
            Check and save
          </ActButton>
          <Button variant="default" onClick={onCancel} disabled={save.running}>
            Cancel
          </Button>
          {save.running ? (
            <Text size="sm" c="dimmed" role="status">
              Checking with Plaid…
            </Text>
          ) : null}
        </Group>
        <PageLink url="https://dashboard.plaid.com/developers/keys">
          Where the keys are: Plaid Dashboard
        </PageLink>
      </Stack>
    </form>
  );
}
