import type { BatchRow, BatchView } from "../../api/batches";
import { commands } from "../../api/commands";
import { formatDay, formatMoney } from "../../kit/format";
import { PaperSheet } from "../../kit/print/PaperSheet";
import { accountTitle } from "../../kit/words/account";
import classes from "./BatchPrint.module.css";
import { batchFacts, decisionWord, filters, rowWord, stateWords } from "./words";

/** Rows per request. */
const ROWS_PER_REQUEST = 1000;

export async function readAllRows(batchId: string): Promise<BatchRow[]> {
  const rows: BatchRow[] = [];
  let total = 1;
  while (rows.length < total) {
    const page = await commands.batchRows({
      batchId,
      filter: "all",
      search: "",
      offset: rows.length,
      limit: ROWS_PER_REQUEST,
    });
    if (page.rows.length === 0) break;
    rows.push(...page.rows);
    total = page.total;
  }
  return rows;
}

interface Props {
  batch: BatchView;
  rows: BatchRow[];
  onDone: () => void;
}

export function BatchPrint({ batch, rows, onDone }: Props) {
  return (
    <PaperSheet
      title={`${batch.name}, ${stateWords[batch.state]}`}
      className={classes.batch}
      testId="batch-print-sheet"
      onDone={onDone}
    >
      <p>{batchFacts(batch)}</p>
      <table className={classes.sums}>
        <thead>
          <tr>
            <th scope="col">Rows</th>
            <th scope="col" data-figure>
              Count
            </th>
            <th scope="col" data-figure>
              Sum
            </th>
          </tr>
        </thead>
        <tbody>
          {filters
            .filter(({ of }) => batch.tallies[of].count > 0)
            .map(({ filter, label, of }) => (
              <tr key={filter}>
                <td>{label}</td>
                <td data-figure>{batch.tallies[of].count}</td>
                <td data-figure>{formatMoney(batch.tallies[of].total, "USD")}</td>
              </tr>
            ))}
        </tbody>
      </table>
      <table className={classes.rows}>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Person and account</th>
            <th scope="col">Reference</th>
            <th scope="col">Date</th>
            <th scope="col" data-figure>
              Amount
            </th>
            <th scope="col">Result</th>
            <th scope="col">Decision</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.position}>
              <td>{row.line}</td>
              <td>
                {row.personName}, {accountTitle({ name: row.accountName, mask: row.accountMask })}
              </td>
              <td>{row.reference}</td>
              <td>{row.plannedOn ? formatDay(row.plannedOn) : ""}</td>
              <td data-figure>{row.amount === null ? "" : formatMoney(row.amount, "USD")}</td>
              <td>
                {rowWord(row)}
                {row.customActionKey ? `, ${row.customActionKey}` : ""}
              </td>
              <td>{decisionWord(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </PaperSheet>
  );
}
