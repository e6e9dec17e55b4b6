import type { ReactNode } from "react";
import type { ActivityFilter } from "../../api/activity";
import { CountLink } from "./CountLink";
import classes from "./Outcomes.module.css";

export interface CountsRow<T> {
  key: string;
  head: ReactNode;
  of: T;
  /** The activity filter that all counts of the row share. */
  filter: Partial<ActivityFilter>;
}

/** A column of counts that link to the evaluations counted. */
export interface CountsColumn<T> {
  title: string;
  count: (of: T) => number;
  /** Narrows the row's filter to this count. */
  narrow?: Partial<ActivityFilter>;
  /** What is counted, for screen readers. */
  what: (of: T) => string;
  testId?: (of: T) => string;
  /** Whether to highlight the count. */
  marked?: (of: T) => boolean;
}

interface Props<T> {
  caption: ReactNode;
  /** Heading of the first column. */
  first: string;
  rows: Array<CountsRow<T>>;
  columns: Array<CountsColumn<T>>;
  rate: (of: T) => ReactNode;
  testId: string;
}

/** A table of counts, with a return rate at the end of each row. */
export function CountsTable<T>({ caption, first, rows, columns, rate, testId }: Props<T>) {
  return (
    <table className={classes.table} data-testid={testId}>
      {caption}
      <thead>
        <tr>
          {[first, ...columns.map(({ title }) => title), "Return rate"].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, head, of, filter }) => (
          <tr key={key}>
            <th scope="row">{head}</th>
            {columns.map(({ title, count, narrow, what, testId: id, marked }) => (
              <td key={title} data-against={marked?.(of) || undefined}>
                <CountLink
                  number={count(of)}
                  filter={{ ...filter, ...narrow }}
                  what={what(of)}
                  testId={id?.(of)}
                />
              </td>
            ))}
            <td>{rate(of)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
