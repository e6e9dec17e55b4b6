import { Button, Group, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import type { ImportDraft } from "../../api/batches";
import { useCheck } from "../../data/batches";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { count } from "../../kit/format";
import classes from "./Batches.module.css";
import { emptyImport, importRequest, useImport } from "./importState";
import { characterWords, mappedFields, separatorWords } from "./words";

/** Maps columns, next to the first rows of the file. */
export function ColumnsStep({ draft }: { draft: ImportDraft }) {
  const { state, change } = useImport();
  const mapping = state.mapping ?? draft.mapping;
  const check = useCheck(importRequest(state));
  const columns = draft.headers.map((label, place) => ({
    value: String(place),
    label: `${label} (column ${place + 1})`,
  }));
  // Corrections and skipped rows don't survive a new column mapping.
  const remap = (changed: Partial<typeof mapping>) =>
    change({
      mapping: { ...mapping, ...changed },
      corrections: emptyImport.corrections,
      leftOut: [],
    });
  const titleOf = (place: number) =>
    mappedFields.find(({ field }) => mapping[field] === place)?.title;
  return (
    <Stack gap="md">
      {draft.characters === "windows1252" ? (
        <ProblemNotice
          tone="care"
          problem={{
            kind: "invalidInput",
            message:
              "This file is not in Unicode. It was read as Windows-1252: look whether letters like ä, é or ñ are right in the rows below. If not, save the file as UTF-8 and choose it again.",
          }}
        />
      ) : null}
      <Section
        title="Columns"
        hint={`${draft.fileName ?? "Pasted text"}: ${count(draft.rowCount, "row")}, ${characterWords[draft.characters]}, ${separatorWords[draft.separator]} between the cells.${
          draft.remembered ? " The columns are chosen as for the last file with these headers." : ""
        }`}
      >
        <SimpleGrid cols={{ base: 2, md: 3, lg: 4 }} spacing="sm">
          {mappedFields.map(({ field, title, hint }) => (
            <Select
              key={field}
              label={title}
              description={hint}
              data={columns}
              value={mapping[field] === null ? null : String(mapping[field])}
              onChange={(chosen) => remap({ [field]: chosen === null ? null : Number(chosen) })}
              placeholder="not in the file"
              clearable
              searchable
              clearButtonProps={{ "aria-label": `No column for ${title}` }}
              data-testid={`batch-column-${field}`}
            />
          ))}
          {mapping.date !== null ? (
            <Select
              label="Days with slashes"
              description="What 03/04/2026 means."
              data={[
                { value: "month", label: "March 4 (month first)" },
                { value: "day", label: "April 3 (day first)" },
              ]}
              value={mapping.dayFirst ? "day" : "month"}
              onChange={(chosen) => remap({ dayFirst: chosen === "day" })}
              allowDeselect={false}
              data-testid="batch-day-first"
            />
          ) : null}
        </SimpleGrid>
        {check.error ? (
          <div style={{ marginTop: 12 }}>
            <ProblemNotice problem={check.error} />
          </div>
        ) : null}
        <Group mt="md">
          <Button
            onClick={() => change({ step: 2 })}
            disabled={check.isError || !check.data}
            data-testid="batch-columns-next"
          >
            Check the rows
          </Button>
        </Group>
      </Section>
      <Section title="First rows">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs keyboard focus */}
        <section className={classes.preview} tabIndex={0} aria-label="First rows of the file">
          <table data-testid="batch-preview">
            <thead>
              <tr>
                {draft.headers.map((header, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other key
                  <th key={place} scope="col">
                    {header}
                    <Text size="xs" c={titleOf(place) ? undefined : "dimmed"} fw={400}>
                      {titleOf(place) ?? "not used"}
                    </Text>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {draft.firstRows.map((cells, row) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other key
                <tr key={row}>
                  {cells.map((cell, place) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: as above
                    <td key={place}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Section>
    </Stack>
  );
}
