import { Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import type { Act } from "../hooks/useAct";
import { ProblemNotice } from "./ProblemNotice";
import { problemAt, problemBeside } from "./problem";
import { SubmitRow } from "./SubmitRow";

interface Props {
  title: string;
  children: ReactNode;
  /** Text the user must type. The desk checks it and reports a mismatch at the field `confirmation`. */
  words: string;
  act: Act<string, unknown>;
  runningLabel: string;
  onCancel?: () => void;
}

/** Runs an irreversible act only after the user typed the given text. */
export function TypedConfirmation(props: Props) {
  const { title, children, words, act, runningLabel, onCancel } = props;
  const [confirmation, setConfirmation] = useState("");
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    act.run(confirmation);
  };
  const beside = problemBeside(act.problem, ["confirmation"]);
  return (
    <form onSubmit={submit} noValidate aria-label={title}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm" maw="72ch">
          {children}
        </Text>
        <TextInput
          label={
            <>
              Type <strong>{words}</strong> to confirm
            </>
          }
          value={confirmation}
          onChange={(event) => setConfirmation(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          error={problemAt(act.problem, "confirmation")}
          w={280}
          maw="100%"
          data-autofocus
          data-testid="erase-confirmation"
        />
        {beside ? <ProblemNotice problem={beside} onRetry={() => submit()} /> : null}
        <SubmitRow
          color="red.8"
          running={act.running}
          runningLabel={runningLabel}
          disabled={confirmation === ""}
          data-testid="erase-submit"
          onCancel={onCancel}
        >
          {title}
        </SubmitRow>
      </Stack>
    </form>
  );
}
