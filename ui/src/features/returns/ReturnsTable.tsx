import { Table, Text, UnstyledButton } from "@mantine/core";
import type { ReturnRow } from "../../api/returns";
import { useReturnCodes } from "../../data/returns";
import { Amount } from "../../kit/components/Amount";
import { formatDate, formatDay } from "../../kit/format";
import { useNavigation } from "../../kit/navigation/route";
import { accountTitle } from "../../kit/words/account";
import { deliveryWords } from "../../kit/words/delivery";
import { ReturnCode } from "./ReturnCodes";
import classes from "./Returns.module.css";

export function ReturnsTable({ rows }: { rows: ReturnRow[] }) {
  return (
    <div className={`panel ${classes.scroll}`}>
      <Table className={classes.table} verticalSpacing={7} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Returned</Table.Th>
            <Table.Th>Person and account</Table.Th>
            <Table.Th className={classes.right}>Amount</Table.Th>
            <Table.Th>Code</Table.Th>
            <Table.Th>Next step</Table.Th>
            <Table.Th>Plaid</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <ReturnLine key={row.clientTransactionId} row={row} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

const tones: Record<string, string> = {
  delivered: "var(--desk-good)",
  filed: "var(--desk-good)",
  waiting: "var(--desk-care)",
  refused: "var(--desk-bad)",
  leftOut: "var(--desk-bad)",
};

function ReturnLine({ row }: { row: ReturnRow }) {
  const { go } = useNavigation();
  const codes = useReturnCodes();
  const known = codes.data?.find(({ code }) => code === row.returnCode);
  const { clientTransactionId, delivery } = row;
  return (
    <Table.Tr data-testid="return-row" data-transaction={clientTransactionId}>
      <Table.Td className={classes.date}>
        <UnstyledButton
          className={classes.open}
          onClick={() => go({ screen: "activity", clientTransactionId })}
        >
          {row.returnedOn ? formatDay(row.returnedOn) : formatDate(row.recordedAt)}
          <span className="visuallyHidden"> open the evaluation</span>
        </UnstyledButton>
        {row.returnedOn ? null : (
          <Text size="xs" c="dimmed">
            recorded
          </Text>
        )}
      </Table.Td>
      <Table.Td className={classes.person}>
        <Text size="sm" className="breakable">
          {row.personName}
        </Text>
        <Text size="xs" c="dimmed" className="breakable">
          {row.institutionName}, {accountTitle({ name: row.accountName, mask: row.accountMask })}
        </Text>
        {row.ofAccount > 1 ? (
          <Text size="xs" c="var(--desk-bad)" data-testid="return-again">
            {row.ofAccount} returned debits in 90 days
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td className={classes.right}>
        <Amount amount={row.amount} currency={row.currency} />
      </Table.Td>
      <Table.Td className={classes.codeCell}>
        <ReturnCode code={row.returnCode} title />
      </Table.Td>
      <Table.Td>
        <Text size="xs" className={classes.next}>
          {known?.nextWords ?? ""}
        </Text>
      </Table.Td>
      <Table.Td className={classes.delivery}>
        <Text
          size="sm"
          c={tones[delivery.state] ?? "dimmed"}
          data-testid="return-row-delivery"
          data-state={delivery.state}
        >
          {deliveryWords(delivery)}
        </Text>
        {delivery.state === "refused" ? (
          <Text size="xs" c="dimmed" className="breakable">
            {delivery.problem.message}
          </Text>
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}
