import { Button, Group, Select, Text } from "@mantine/core";
import { IconGavel } from "@tabler/icons-react";
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react";
import type { DueRow as Row } from "../../api/decisions";
import { useDue } from "../../data/decisions";
import { EmptyState } from "../../kit/components/EmptyState";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { count } from "../../kit/format";
import classes from "./Decisions.module.css";
import { DueRow, type DueRowProps } from "./DueRow";

type Props = Pick<DueRowProps, "Answer">;

/** Rows per page. */
const PAGE = 100;

/** Decisions due, oldest first. The keyboard alone can work through the list. */
export function DueTab({ Answer }: Props) {
  const [person, setPerson] = useState<string | null>(null);
  const [most, setMost] = useState(PAGE);
  const { data, error, refetch } = useDue({ person, most });
  if (error) return <ProblemNotice problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting>Reading the decisions due…</Waiting>;
  const all = data.people.reduce((sum, one) => sum + one.count, 0);
  if (all === 0) {
    return (
      <EmptyState icon={<IconGavel size={40} stroke={1.4} />} title="No decision is due">
        Plaid needs to hear what you did with a debit that it wants reviewed, and whenever you did
        something else than the result says. Such debits stand here until it is recorded.
      </EmptyState>
    );
  }
  return (
    <>
      <Group gap="sm" mb="sm">
        <Select
          aria-label="Person"
          placeholder="Everybody"
          data={data.people.map(({ name, count: due }) => ({
            value: name,
            label: `${name} (${due})`,
          }))}
          value={person}
          onChange={(chosen) => {
            setPerson(chosen);
            setMost(PAGE);
          }}
          searchable
          clearable
          clearButtonProps={{ "aria-label": "Everybody" }}
          nothingFoundMessage="Nobody of this name"
          w={260}
          data-testid="due-person"
        />
        <Text size="xs" c="dimmed" role="status" className="tabular">
          {count(data.total, "decision")} due{person ? ` of ${all}` : ""}
        </Text>
        <Text size="xs" c="dimmed">
          Enter opens one, Y or N says whether the debit is initiated, Enter records it and goes on.
        </Text>
      </Group>
      <DueQueue rows={data.rows} Answer={Answer} />
      {data.rows.length < data.total ? (
        <Group justify="center" mt="sm">
          <Button variant="default" size="compact-sm" onClick={() => setMost(most + PAGE)}>
            Show more: these are the first {data.rows.length} of {data.total}
          </Button>
        </Group>
      ) : null}
    </>
  );
}

/** One row is open at a time; after a decision, the next row opens. */
function DueQueue({ rows, Answer }: Props & { rows: Row[] }) {
  const list = useRef<HTMLUListElement>(null);
  const [open, setOpen] = useState<string | null>(null);
  // Hide decided rows at once instead of waiting for the reload.
  const [decided, setDecided] = useState<ReadonlySet<string>>(new Set());
  const shown = rows.filter((row) => !decided.has(row.clientTransactionId));
  const wantsFocus = useRef<string | null>(null);
  // Show a decided row again if its decision becomes due again, for example after a return.
  useEffect(() => {
    setDecided((before) => {
      const known = new Set(rows.map((row) => row.clientTransactionId));
      const kept = [...before].filter((id) => known.has(id));
      return kept.length === before.size ? before : new Set(kept);
    });
  }, [rows]);
  useEffect(() => {
    if (wantsFocus.current === null) return;
    rowHead(list.current, wantsFocus.current)?.focus();
    wantsFocus.current = null;
  });

  const goOn = useCallback(
    (id: string) => {
      const at = shown.findIndex((row) => row.clientTransactionId === id);
      const next = shown[at + 1] ?? shown[at - 1];
      setDecided((before) => new Set(before).add(id));
      setOpen(next?.clientTransactionId ?? null);
    },
    [shown],
  );
  const close = (id: string) => {
    wantsFocus.current = id;
    setOpen(null);
  };
  return (
    <ul
      className={`panel plainList ${classes.rows}`}
      ref={list}
      aria-label="Decisions due"
      onKeyDown={moveInList}
    >
      {shown.map((row) => {
        const id = row.clientTransactionId;
        return (
          <DueRow
            key={id}
            row={row}
            opened={open === id}
            Answer={Answer}
            onToggle={() => setOpen(open === id ? null : id)}
            onClose={() => close(id)}
            onDecided={() => goOn(id)}
          />
        );
      })}
    </ul>
  );
}

function rowHead(list: HTMLElement | null, id: string): HTMLElement | null {
  const heads = list?.querySelectorAll<HTMLElement>("[data-due]") ?? [];
  return [...heads].find((head) => head.dataset.due === id) ?? null;
}

/** Moves the focus between rows with the arrow keys. */
function moveInList(event: KeyboardEvent<HTMLElement>) {
  const from = event.target as HTMLElement;
  if (!from.dataset.due || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  const heads = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-due]")];
  heads[heads.indexOf(from) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
}
