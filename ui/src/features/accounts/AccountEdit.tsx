import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Line } from "../../data/accountLines";
import { useAccountActs } from "../../data/accounts";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemBeside } from "../../kit/components/problem";
import classes from "./AccountEdit.module.css";

export type EditedField = "name" | "lowBalance";

interface Props {
  line: Line;
  edited: EditedField;
  onDone: () => void;
}

/** Edits the user's own account name or the low-balance alert in place. Enter saves, Escape cancels. */
export function AccountEdit({ line, edited, onDone }: Props) {
  const { rename, threshold } = useAccountActs(line.row.accountId, onDone);
  const { row } = line;
  const naming = edited === "name";
  const act = naming ? rename : threshold;
  const before = naming ? (row.ownName ?? "") : (row.lowBalance?.threshold ?? "");
  const [typed, setTyped] = useState(before || (naming ? row.name : ""));
  const { problem } = act;
  const beside = problemBeside(problem, ["name", "threshold"]);
  const currency = row.reading?.currency;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.run(typed.trim() || null);
  };
  return (
    <form
      className={classes.edit}
      onSubmit={submit}
      noValidate
      onKeyDown={(event) => {
        // Keep the arrow keys in this field, and let Escape close only this form.
        event.stopPropagation();
        if (event.key === "Escape") onDone();
      }}
    >
      <Group gap={6} wrap="nowrap" align="flex-start">
        <span className={classes.what} aria-hidden>
          {naming ? "Own name" : `Low below${currency ? `, in ${currency}` : ""}`}
        </span>
        <TextInput
          size="xs"
          className={classes.field}
          value={typed}
          onChange={(event) => {
            act.clear();
            setTyped(event.currentTarget.value);
          }}
          aria-label={
            naming
              ? `Your own name of ${line.name}`
              : `Low below, in ${currency ?? "the account's currency"}: ${line.name}`
          }
          placeholder={naming ? row.name : "500"}
          inputMode={naming ? undefined : "decimal"}
          error={problem && !beside ? problem.message : undefined}
          data-autofocus
          autoFocus
          onFocus={(event) => event.currentTarget.select()}
          data-testid={naming ? "account-name-field" : "account-threshold-field"}
        />
        <ActButton
          type="submit"
          size="xs"
          running={act.running}
          runningLabel="Saving…"
          data-testid="account-edit-save"
        >
          Save
        </ActButton>
        <Button size="xs" variant="default" onClick={onDone}>
          Cancel
        </Button>
        {before ? (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            onClick={() => act.run(null)}
            data-testid="account-edit-remove"
          >
            {naming ? "Use the bank's name" : "No mark"}
          </Button>
        ) : null}
      </Group>
      {beside ? <ProblemNotice problem={beside} /> : null}
    </form>
  );
}
