import { Button, Text, UnstyledButton } from "@mantine/core";
import { useId, useState } from "react";
import type { Problem } from "../../api/problem";
import type { ListedItem } from "../../data/accountLines";
import { useProblemActions } from "../../kit/components/ProblemActions";
import { useShowItem } from "../../kit/navigation/showItem";
import { adviceWords, bankInTrouble } from "../../kit/words/account";
import classes from "./Attention.module.css";

/** Rows shown before the user expands the list. */
const VISIBLE_ROWS = 3;

interface AttentionItem {
  item: ListedItem;
  problem: Problem;
  weight: "now" | "soon";
}

/** What the user must act on, most urgent first. */
function attentionItems(items: ListedItem[]): AttentionItem[] {
  const now: AttentionItem[] = [];
  const soon: AttentionItem[] = [];
  for (const item of items) {
    const { health, advice } = item;
    if (health.state === "needsAttention") {
      now.push({ item, problem: health.problem, weight: "now" });
    } else if (health.state === "removing" && health.problem) {
      soon.push({ item, problem: health.problem, weight: "soon" });
    } else if (health.state === "healthy" && advice) {
      soon.push({ item, problem: advice.problem, weight: "soon" });
    }
  }
  return [...now, ...soon];
}

/** Banks that need action, and banks with an outage. Renders nothing when all are healthy. */
export function Attention({ items }: { items: ListedItem[] }) {
  const [all, setAll] = useState(false);
  const headingId = useId();
  const found = attentionItems(items);
  const troubled = new Set(
    items.filter(bankInTrouble).map(({ institutionName }) => institutionName),
  );
  if (found.length === 0 && troubled.size === 0) return null;
  const shown = all ? found : found.slice(0, VISIBLE_ROWS);
  return (
    <section className={classes.panel} aria-labelledby={headingId} data-testid="attention">
      <h2 id={headingId} className={classes.heading}>
        {found.length > 0 ? "Needs attention" : "Good to know"}
        {found.length > 1 ? <span className={classes.count}>{found.length}</span> : null}
      </h2>
      {shown.length > 0 ? (
        <ul className="plainList">
          {shown.map((need) => (
            <AttentionRow key={need.item.itemId} need={need} />
          ))}
        </ul>
      ) : null}
      {found.length > shown.length ? (
        <UnstyledButton className={classes.more} onClick={() => setAll(true)}>
          Show {found.length - shown.length} more
        </UnstyledButton>
      ) : null}
      {troubled.size > 0 ? (
        <Text size="sm" c="dimmed" className={classes.trouble} data-testid="attention-trouble">
          {[...troubled].join(", ")}: {troubled.size > 1 ? "these banks have" : "this bank has"}{" "}
          trouble of {troubled.size > 1 ? "their" : "its"} own. Nothing to do here but wait.
        </Text>
      ) : null}
    </section>
  );
}

function AttentionRow({ need: { item, problem, weight } }: { need: AttentionItem }) {
  const showItem = useShowItem();
  return (
    <li className={classes.row} data-weight={weight} data-testid="attention-row">
      <UnstyledButton className={classes.who} onClick={() => showItem(item.itemId)}>
        <span className={classes.bank}>{item.institutionName}</span>
        <span className={classes.person}>{item.person.name}</span>
      </UnstyledButton>
      <span className={classes.what} title={problem.message}>
        {problem.message}
      </span>
      <AttentionAction item={item} problem={problem} />
    </li>
  );
}

/** The action if this screen has it, otherwise a link to the Item. */
function AttentionAction({ item, problem }: { item: ListedItem; problem: Problem }) {
  const showItem = useShowItem();
  const { repairItem, chooseAccounts } = useProblemActions();
  const kind = problem.action?.kind;
  const step =
    kind === "repairItem" && repairItem
      ? { label: repairLabel(item, problem), take: () => repairItem(item.itemId) }
      : kind === "chooseAccounts" && chooseAccounts
        ? { label: "Choose accounts", take: () => chooseAccounts(item.itemId) }
        : { label: "Show", take: () => showItem(item.itemId) };
  return (
    <Button
      size="compact-sm"
      variant="default"
      onClick={step.take}
      aria-label={`${step.label}: ${item.institutionName} of ${item.person.name}`}
      data-testid="attention-action"
    >
      {step.label}
    </Button>
  );
}

function repairLabel(item: ListedItem, problem: Problem): string {
  const soon = item.health.state === "healthy" ? adviceWords(problem) : undefined;
  return soon ?? "Sign in again";
}
