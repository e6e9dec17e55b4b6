import { Select, Text } from "@mantine/core";
import type { DemoItem, ItemTrouble } from "../../api/demo";
import { useDemoChange } from "../../data/demo";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import classes from "./Demo.module.css";
import { ScreenLink } from "./ScreenLink";
import { itemStates, stateWords } from "./words";

export function Items({ items }: { items: DemoItem[] }) {
  return (
    <Section
      title="Linked Items"
      hint={
        <>
          Put one into a state that Items get into in life.{" "}
          <ScreenLink screen="accounts">Accounts</ScreenLink> says what it means, and the way out.
        </>
      }
    >
      {items.length === 0 ? (
        <Text size="sm" c="dimmed">
          No bank is linked yet. Link one, and its Item is here.
        </Text>
      ) : null}
      <ul className="plainList">
        {items.map((item) => (
          <ItemRow key={item.itemId} item={item} />
        ))}
      </ul>
    </Section>
  );
}

function ItemRow({ item }: { item: DemoItem }) {
  const { itemId, institutionName, personName } = item;
  const change = useDemoChange();
  const code = item.code ?? "";
  const choices: Array<{ value: string; label: string }> = itemStates.map((state) => ({
    value: state.code,
    label: state.label,
  }));
  if (!choices.some(({ value }) => value === code)) choices.push({ value: code, label: code });
  return (
    <li className={classes.row} data-testid="demo-item" data-item={itemId}>
      <div className={classes.line}>
        <div className={classes.what}>
          <Text size="sm" fw={550}>
            {institutionName} <span className={classes.whose}>of {personName}</span>
          </Text>
          <Text size="xs" c="dimmed">
            {code ? (
              <>
                <span className="code">{code}</span>:{" "}
              </>
            ) : null}
            {stateWords(code).words}
          </Text>
        </div>
        <Select
          aria-label={`State of ${institutionName} of ${personName}`}
          className={classes.choice}
          data={choices}
          value={code}
          onChange={(next) => {
            if (next === null || next === code) return;
            // A trouble set elsewhere is an option only while it applies.
            const trouble = next === "" ? null : (next as ItemTrouble);
            change.run({ kind: "item", itemId, trouble });
          }}
          allowDeselect={false}
          data-testid="demo-item-state"
        />
      </div>
      {change.problem ? <ProblemNotice problem={change.problem} /> : null}
    </li>
  );
}
