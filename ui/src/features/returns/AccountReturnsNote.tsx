import { Group, Text } from "@mantine/core";
import { IconRepeat } from "@tabler/icons-react";
import type { AccountReturns } from "../../api/returns";
import { useAccountReturns } from "../../data/returns";
import { accountTitle } from "../../kit/words/account";
import classes from "./AccountReturnsNote.module.css";
import { repeatReturnWords } from "./words";

/** Recent returns of an account, shown before a debit. Renders nothing without returns. */
export function AccountReturnsNote({ accountId }: { accountId: string | null }) {
  const { data } = useAccountReturns(accountId);
  return data ? <Note tone="care">{repeatReturnWords(data)}</Note> : null;
}

/** Shown after a return from an account that has returned before. */
export function RepeatReturnNote({ accountId }: { accountId: string }) {
  const { data } = useAccountReturns(accountId);
  if (!data || data.returned.length < 2) return null;
  return (
    <Note tone="bad">
      Returned again. {repeatReturnWords(data)} Look at the next steps before another debit.
    </Note>
  );
}

/** The accounts in a file that returned more than one debit. */
export function RepeatReturns({ accounts }: { accounts: AccountReturns[] }) {
  if (accounts.length === 0) return null;
  return (
    <Note tone="bad">
      <strong>These accounts return again:</strong>
      <ul className={classes.list}>
        {accounts.map((account) => (
          <li key={account.accountId}>
            {account.personName}, {account.institutionName}, {title(account)}:{" "}
            {repeatReturnWords(account)}
          </li>
        ))}
      </ul>
    </Note>
  );
}

function title({ accountName, accountMask }: AccountReturns): string {
  return accountTitle({ name: accountName, mask: accountMask });
}

function Note({ tone, children }: { tone: "care" | "bad"; children: React.ReactNode }) {
  return (
    <Group
      className={classes.note}
      data-tone={tone}
      gap={8}
      wrap="nowrap"
      align="flex-start"
      role="status"
      data-testid="returned-again"
    >
      <IconRepeat size={17} aria-hidden style={{ flex: "none", marginTop: 2 }} />
      <Text size="sm" component="div" className="breakable">
        {children}
      </Text>
    </Group>
  );
}
