import { ActionIcon, Button, Text, Tooltip } from "@mantine/core";
import { IconRefresh, IconScale } from "@tabler/icons-react";
import {
  createColumnHelper,
  flexRender,
  getCoreRowModel,
  useReactTable,
} from "@tanstack/react-table";
import type { AccountView } from "../../bindings/items";
import { Amount } from "../../components/Amount";
import { useRefresh } from "../balances/refresh";
import { Source } from "../balances/source";
import { useEvaluate } from "../signal/evaluate";
import classes from "./AccountsTable.module.css";
import { accountKind, accountTitle, maskWords } from "./words";

type Column = "name" | "available" | "current" | "limit" | "currency" | "read" | "actions";

const column = createColumnHelper<AccountView>();

function amountColumn(name: "available" | "current" | "limit", header: string) {
  return column.display({
    id: name,
    header,
    cell: ({ row: { original } }) => {
      const { reading } = original;
      return (
        <Amount
          amount={reading?.[name] ?? null}
          currency={reading?.currency ?? null}
          unofficial={reading?.unofficialCurrency}
        />
      );
    },
  });
}

const columns = [
  column.display({
    id: "name",
    header: "Account",
    cell: ({ row: { original } }) => <AccountName account={original} />,
  }),
  amountColumn("available", "Available"),
  amountColumn("current", "Current"),
  amountColumn("limit", "Limit"),
  column.display({
    id: "currency",
    header: "Currency",
    cell: ({ row: { original } }) =>
      original.reading?.currency ?? (
        <Text span size="xs" c="dimmed">
          not reported
        </Text>
      ),
  }),
  column.display({
    id: "read",
    header: "Read",
    cell: ({ row: { original } }) =>
      original.reading ? (
        <Source reading={original.reading} />
      ) : (
        <Text span size="xs" c="dimmed">
          not read yet
        </Text>
      ),
  }),
  column.display({
    id: "actions",
    header: () => <span className="visuallyHidden">Actions</span>,
    cell: ({ row: { original } }) => <RowActions account={original} />,
  }),
];

const coreRowModel = getCoreRowModel<AccountView>();

interface Props {
  accounts: AccountView[];
  label: string;
  /** Nothing can be done with them. */
  idle?: boolean;
}

/** The accounts of one Item with their newest readings. */
export function AccountsTable({ accounts, label, idle = false }: Props) {
  const table = useReactTable({
    data: accounts,
    columns,
    getCoreRowModel: coreRowModel,
    getRowId: (account) => account.accountId,
  });
  return (
    <table className={classes.table} aria-label={label} data-idle={idle || undefined}>
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map((header) => (
              <th key={header.id} scope="col" data-column={header.column.id as Column}>
                {flexRender(header.column.columnDef.header, header.getContext())}
              </th>
            ))}
          </tr>
        ))}
      </thead>
      <tbody>
        {table.getRowModel().rows.map((row) => (
          <tr key={row.id} data-testid="account-row" data-account={row.id}>
            {row.getVisibleCells().map((cell) => (
              <td key={cell.id} data-column={cell.column.id as Column}>
                {flexRender(cell.column.columnDef.cell, cell.getContext())}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function AccountName({ account }: { account: AccountView }) {
  const kind = accountKind(account);
  const official = account.officialName ?? "";
  return (
    <div className={classes.name}>
      <div className="breakable">
        <span className={classes.title}>{account.name}</span>{" "}
        <span className={classes.mask}>{maskWords(account.mask)}</span>
      </div>
      <div className={classes.kind} title={official || undefined}>
        {official ? `${kind} · ${official}` : kind}
      </div>
    </div>
  );
}

function RowActions({ account }: { account: AccountView }) {
  const refresh = useRefresh();
  const { evaluateFrom } = useEvaluate();
  const { scope } = refresh;
  const mine = scope?.kind === "account" && scope.accountId === account.accountId;
  const title = accountTitle(account);
  return (
    <div className={classes.actions}>
      {account.canEvaluate ? (
        <Tooltip label="Evaluate a debit">
          <Button
            className={classes.evaluate}
            size="compact-sm"
            variant="subtle"
            leftSection={<IconScale size={15} aria-hidden />}
            aria-label={`Evaluate a debit from ${title}`}
            onClick={() => evaluateFrom(account.accountId)}
            data-testid="evaluate-from-account"
          >
            <span className={classes.evaluateWord}>Evaluate</span>
          </Button>
        </Tooltip>
      ) : null}
      <Tooltip label="Refresh this account">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="md"
          aria-label={`Refresh ${title}`}
          disabled={scope !== null && !mine}
          loading={mine}
          onClick={() => refresh.run({ kind: "account", accountId: account.accountId })}
          data-testid="refresh-account"
        >
          <IconRefresh size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
