import type { BatchRow, BatchView } from "../../bindings/batches";
import { PaperSheet } from "../../components/PaperSheet";
import { formatDay, formatMoney } from "../../format";
import { batches } from "../../ipc";
import sheet from "../items/PrintSheet.module.css";
import { accountTitle } from "../items/words";
import { decisionWord, filters, rowWord, stateWords } from "./words";

/** Rows that are asked for at a time. */
const TOGETHER = 1000;

/** All rows of a batch, as they are now. */
export async function allRows(batchId: string): Promise<BatchRow[]> {
  const rows: BatchRow[] = [];
  let total = 1;
  while (rows.length < total) {
    const page = await batches.rows({
      batchId,
      filter: "all",
      search: "",
      offset: rows.length,
      limit: TOGETHER,
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

/** A batch on paper: its sums, and all its rows. */
export function BatchPrint({ batch, rows, onDone }: Props) {
  return (
    <PaperSheet
      title={`${batch.name}, ${stateWords[batch.state]}`}
      className={sheet.lines}
      testId="batch-print-sheet"
      onDone={onDone}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">Rows</th>
            <th scope="col">Count</th>
            <th scope="col">Sum</th>
          </tr>
        </thead>
        <tbody>
          {filters
            .filter(({ of }) => batch.tallies[of].count > 0)
            .map(({ filter, label, of }) => (
              <tr key={filter}>
                <td>{label}</td>
                <td>{batch.tallies[of].count}</td>
                <td>{formatMoney(batch.tallies[of].total, "USD")}</td>
              </tr>
            ))}
        </tbody>
      </table>
      <table>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Person and account</th>
            <th scope="col">Reference</th>
            <th scope="col">Date</th>
            <th scope="col">Amount</th>
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
              <td>{row.amount === null ? "" : formatMoney(row.amount, "USD")}</td>
              <td>{rowWord(row)}</td>
              <td>{decisionWord(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </PaperSheet>
  );
}
