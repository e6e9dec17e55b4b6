import { formatMoney, formatTime } from "../../kit/format";
import { PaperSheet } from "../../kit/print/PaperSheet";
import { accountTitle } from "../../kit/words/account";
import type { Group } from "./lineGroups";
import classes from "./PrintSheet.module.css";
import { Subtotals } from "./Subtotals";

interface Props {
  groups: Group[];
  onDone: () => void;
}

/** Prints all listed accounts, including rows the window hasn't drawn. */
export function PrintSheet({ groups, onDone }: Props) {
  return (
    <PaperSheet title="Accounts" className={classes.lines} testId="print-sheet" onDone={onDone}>
      {groups.map((group) => (
        <section key={group.key}>
          <h2>
            {group.title}
            {group.item ? `, ${group.item.person.name}` : ""}
          </h2>
          <Subtotals subtotals={group.subtotals} />
          <PrintedLines group={group} />
        </section>
      ))}
    </PaperSheet>
  );
}

function PrintedLines({ group }: { group: Group }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">Available</th>
          <th scope="col">Current</th>
          <th scope="col">Limit</th>
          <th scope="col">Read</th>
        </tr>
      </thead>
      <tbody>
        {group.lines.map(({ row, name, kind, item }) => {
          const { reading } = row;
          const figure = (amount: string | undefined) =>
            amount === undefined
              ? "not reported"
              : formatMoney(amount, reading?.currency ?? null, reading?.unofficialCurrency);
          return (
            <tr key={row.accountId}>
              <td>
                {accountTitle({ name, mask: row.mask })} ({kind})
                {group.item ? "" : `, ${item.institutionName}, ${item.person.name}`}
              </td>
              <td>{figure(reading?.available)}</td>
              <td>{figure(reading?.current)}</td>
              <td>{figure(reading?.limit)}</td>
              <td>{reading ? `${formatTime(reading.readAt)}, ${reading.source}` : "not read"}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
