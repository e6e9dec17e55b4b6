import { Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Environment } from "../../bindings/start";
import { ActButton } from "../../components/ActButton";
import { environmentWords } from "../../components/environment";
import { ProblemNotice } from "../../components/ProblemNotice";
import { problemAt, problemBeside } from "../../components/problem";
import { Section } from "../../components/Section";
import { start } from "../../ipc";
import { useStatusAct } from "../start/useStatus";

/** Deletes everything of the open environment, once its name has been typed. */
export function Erase({ environment }: { environment: Environment }) {
  const [confirmation, setConfirmation] = useState("");
  const erase = useStatusAct<void>(() => start.eraseEnvironment(environment, confirmation));
  const { name } = environmentWords[environment];
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    erase.run();
  };
  const beside = problemBeside(erase.problem, ["confirmation"]);
  return (
    <Section
      title={`Erase ${name}`}
      hint="For good: there is no copy to go back to unless you made one."
    >
      <form onSubmit={submit} noValidate aria-label={`Erase ${name}`}>
        <Stack gap="sm" align="flex-start">
          <Text size="sm" maw="72ch">
            Deletes the data file with its banks, readings, evaluations, decisions and returns, the
            key that opens it, and the stored API keys.
            {environment === "demo"
              ? ""
              : " Items are not removed at Plaid: to end access there, remove them under Accounts first."}
          </Text>
          <TextInput
            label={
              <>
                Type <strong>{environment}</strong> to confirm
              </>
            }
            value={confirmation}
            onChange={(event) => setConfirmation(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            error={problemAt(erase.problem, "confirmation")}
            w={280}
            maw="100%"
            data-testid="erase-confirmation"
          />
          {beside ? <ProblemNotice problem={beside} onRetry={() => submit()} /> : null}
          <ActButton
            type="submit"
            color="red.8"
            running={erase.running}
            runningLabel="Erasing…"
            disabled={confirmation === ""}
            data-testid="erase-submit"
          >
            Erase {name}
          </ActButton>
        </Stack>
      </form>
    </Section>
  );
}
