import { Checkbox, Group, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type {
  AttributeGroup,
  AttributeUnit,
  AttributeWords,
  CoreAttributeView,
  EvaluationAnswer,
} from "../../api/signal";
import { useAttributeWords } from "../../data/evaluations";
import { Disclosure } from "../../kit/components/Disclosure";
import { count, formatExactTime, formatMoney } from "../../kit/format";
import classes from "./CoreAttributes.module.css";

const groups: Record<AttributeGroup | "other", string> = {
  balances: "Balances",
  balanceHistory: "Balances over time",
  activity: "Money in and out",
  returns: "Returns and debits without cover",
  account: "The account",
  identity: "Changes of contact data",
  plaidNetwork: "Use of Plaid",
  devices: "Devices that signed in",
  other: "Not known to this version",
};

interface AttributeRow {
  name: string;
  title: string;
  group: AttributeGroup | "other";
  meaning: string | null;
  value: string | null;
}

/** All core attributes of an answer, grouped and searchable, with unit and meaning. */
export function CoreAttributes({ answer }: { answer: EvaluationAnswer }) {
  const attributes = answer.coreAttributes;
  if (attributes.length === 0) return null;
  const missing = attributes.filter(({ value }) => value === null).length;
  const label = missing
    ? `Core attributes (${attributes.length}, ${missing} not known)`
    : `Core attributes (${attributes.length})`;
  return (
    <Disclosure label={label} testId="evaluation-attributes">
      <AttributeSearch attributes={attributes} />
    </Disclosure>
  );
}

function AttributeSearch({ attributes }: { attributes: CoreAttributeView[] }) {
  const { data } = useAttributeWords();
  const [search, setSearch] = useState("");
  const [known, setKnown] = useState(false);
  const rows = useMemo(() => attributeRows(attributes, data ?? []), [attributes, data]);
  const wanted = search.trim().toLowerCase();
  const shown = rows.filter(
    (row) =>
      (!known || row.value !== null) &&
      `${row.title} ${row.name} ${row.meaning ?? ""}`.toLowerCase().includes(wanted),
  );
  const names = Object.keys(groups) as Array<keyof typeof groups>;
  return (
    <div className={classes.whole}>
      <Group gap="md">
        <TextInput
          aria-label="Search the core attributes"
          placeholder="Search: overdraft, days, phone…"
          leftSection={<IconSearch size={15} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          flex={1}
          data-testid="attributes-search"
        />
        <Checkbox
          label="Only what is known"
          checked={known}
          onChange={(event) => setKnown(event.currentTarget.checked)}
        />
      </Group>
      {shown.length === 0 ? (
        <Text size="sm" c="dimmed" role="status">
          No attribute matches.
        </Text>
      ) : null}
      {names.map((group) => (
        <AttributeList
          key={group}
          title={groups[group]}
          rows={shown.filter((row) => row.group === group)}
        />
      ))}
    </div>
  );
}

function AttributeList({ title, rows }: { title: string; rows: AttributeRow[] }) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <Text size="xs" fw={620} className={classes.group}>
        {title}
      </Text>
      <dl className={classes.list}>
        {rows.map((row) => (
          <div key={row.name} data-testid="attribute" data-name={row.name}>
            <dt>
              {row.title}
              <span className={classes.name}>{row.name}</span>
            </dt>
            <dd className={row.value === null ? classes.missing : classes.value}>
              {row.value ?? "not known"}
            </dd>
            {row.meaning ? <dd className={classes.meaning}>{row.meaning}</dd> : null}
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Attributes in dictionary order; unknown ones last. */
function attributeRows(
  attributes: CoreAttributeView[],
  dictionary: AttributeWords[],
): AttributeRow[] {
  const values = new Map(attributes.map(({ name, value }) => [name, value]));
  const rows: AttributeRow[] = [];
  for (const words of dictionary) {
    const value = values.get(words.name);
    if (value === undefined) continue;
    values.delete(words.name);
    rows.push({ ...words, value: value === null ? null : valueWords(value, words.unit) });
  }
  for (const [name, value] of values) {
    rows.push({ name, title: name.replaceAll("_", " "), group: "other", meaning: null, value });
  }
  return rows;
}

function valueWords(value: string, unit: AttributeUnit): string {
  switch (unit) {
    case "dollars":
      return formatMoney(value, "USD");
    case "days":
      return value === "1" ? "1 day" : `${formatMoney(value, null)} days`;
    case "count":
      return /^\d+$/.test(value) ? count(Number(value), "time") : value;
    case "yesNo":
      return value === "true" ? "yes" : value === "false" ? "no" : value;
    case "moment":
      return formatExactTime(value);
    case "ratio":
      return `× ${value}`;
  }
}
