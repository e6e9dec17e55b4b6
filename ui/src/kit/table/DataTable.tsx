import type { ComponentProps, ReactNode } from "react";
import classes from "./DataTable.module.css";
import type { VirtualRows } from "./useVirtualRows";
import { VirtualTable } from "./VirtualTable";

export interface Column<Row> {
  id: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
}

interface Props<Row> extends Omit<ComponentProps<"div">, "children"> {
  rows: VirtualRows;
  columns: Array<Column<Row>>;
  /** Nothing where the row has not been loaded. */
  rowOf: (index: number) => Row | undefined;
  rowHeight: number;
  headClassName?: string;
  rowClassName?: string;
  bodyClassName?: string;
  /** Attributes of the row's element. */
  attributes?: (row: Row | undefined) => Record<`data-${string}`, string | boolean | undefined>;
}

/** A long table of columns whose rows all have the same height. */
export function DataTable<Row>(props: Props<Row>) {
  const { rows, columns, rowOf, rowHeight, attributes, ...rest } = props;
  const { headClassName, rowClassName, ...table } = rest;
  return (
    <VirtualTable
      role="table"
      {...table}
      rows={rows}
      head={
        <div role="row" className={headClassName} aria-rowindex={1}>
          {columns.map(({ id, header }) => (
            <div key={id} role="columnheader" data-column={id}>
              {header}
            </div>
          ))}
        </div>
      }
      entryOf={(index) => ({ key: rows.keyOf(index), kind: "row", row: rowOf(index) })}
      attributes={({ row }, index) => ({
        role: "row",
        className: rowClassName,
        style: { height: rowHeight },
        "aria-rowindex": index + 2,
        ...attributes?.(row),
      })}
      renderEntry={({ row }) =>
        row === undefined ? (
          <div role="cell" className={classes.missing}>
            Reading…
          </div>
        ) : (
          columns.map(({ id, cell }) => (
            <div key={id} role="cell" data-column={id}>
              {cell(row)}
            </div>
          ))
        )
      }
    />
  );
}
