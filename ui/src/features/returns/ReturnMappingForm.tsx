import { Button, Group, Radio, Select, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import { commands } from "../../api/commands";
import type { ReturnImportView, ReturnMapping, ReturnSource } from "../../api/returns";
import type { DateOrder } from "../../api/tableFile";
import { useImportAct } from "../../data/returns";
import { Disclosure } from "../../kit/components/Disclosure";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemBeside } from "../../kit/components/problem";
import classes from "./Returns.module.css";
import { mappingFields } from "./words";

type TableSource = Extract<ReturnSource, { kind: "table" }>;

const origins: Record<TableSource["mappedBy"], string> = {
  names: "Guessed by the names of the columns.",
  kept: "As you said for a table with these columns before.",
  user: "As you said.",
};

/** Maps columns next to the first rows of the file. Each choice applies at once. */
export function ReturnMappingForm({ view, table }: { view: ReturnImportView; table: TableSource }) {
  const { mapping } = table;
  // A user who must choose one column often changes others too: keep the fields open until closed.
  const [showFields, setShowFields] = useState(table.missing !== null);
  const map = useImportAct(
    ({ changed, form }: { changed: ReturnMapping; form: DateOrder | null }) =>
      commands.returnImportMap(view.importId, changed, form),
  );
  const columns = table.headers.map((label, at) => ({ value: String(at), label }));
  const fields = (
    <Stack gap="sm">
      <div className={classes.fields}>
        {mappingFields.map(({ field, label, hint }) => {
          const column = mapping[field];
          return (
            <Select
              key={field}
              label={label}
              description={hint}
              // Put errors below, so that the fields of a row line up.
              inputWrapperOrder={["label", "input", "description", "error"]}
              placeholder="not in this file"
              data={columns}
              value={column === null ? null : String(column)}
              onChange={(chosen) =>
                map.run({
                  changed: { ...mapping, [field]: chosen === null ? null : Number(chosen) },
                  form: table.dateOrder,
                })
              }
              clearable
              clearButtonProps={{ "aria-label": `No column for ${label}` }}
              error={table.missing?.field === field ? table.missing.message : undefined}
              required={field === "returnCode"}
              disabled={map.running}
              data-testid={`map-${field}`}
            />
          );
        })}
      </div>
      <Text size="xs" c="dimmed">
        {origins[table.mappedBy]} It is kept for the next table with these columns.
      </Text>
      <SampleRows table={table} />
    </Stack>
  );
  const problem = problemBeside(map.problem, []);
  return (
    <Stack gap="sm">
      {showFields || table.missing ? (
        fields
      ) : (
        <Disclosure label="What the columns mean">{fields}</Disclosure>
      )}
      {table.ambiguousDate ? (
        <Radio.Group
          label={`How is ${table.ambiguousDate} to be read?`}
          description="The dates of this file can be read in two ways."
          value=""
          onChange={(form) => map.run({ changed: mapping, form: form as DateOrder })}
        >
          <Group gap="md" mt={6}>
            <Radio
              value="monthFirst"
              label="Month first, as in the United States"
              data-testid="dates-month-first"
            />
            <Radio value="dayFirst" label="Day first" data-testid="dates-day-first" />
          </Group>
        </Radio.Group>
      ) : null}
      {showFields && !table.missing ? (
        <div>
          <Button size="compact-sm" onClick={() => setShowFields(false)} data-testid="map-done">
            That is all of the columns
          </Button>
        </div>
      ) : null}
      {problem ? <ProblemNotice problem={problem} /> : null}
    </Stack>
  );
}

function SampleRows({ table }: { table: TableSource }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs keyboard focus
    <section className={classes.scroll} tabIndex={0} aria-label="First rows of the file">
      <Table className={classes.sample} fz="xs" data-testid="import-sample">
        <Table.Thead>
          <Table.Tr>
            {table.headers.map((header, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other key
              <Table.Th key={at}>{header}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.sample.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows don't move
            <Table.Tr key={row}>
              {cells.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other key
                <Table.Td key={at}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
