import { Badge, Radio, Stack, Text, Title } from "@mantine/core";
import { IconCopyCheck } from "@tabler/icons-react";
import { useId, useState } from "react";
import { commands } from "../../api/commands";
import type { AccountView } from "../../api/items";
import type {
  DuplicateChoice,
  DuplicateItem,
  DuplicateView,
  LinkSessionView,
  SameAccount,
} from "../../api/link";
import { useItems } from "../../data/items";
import { ActButton } from "../../kit/components/ActButton";
import { ProblemBelow } from "../../kit/components/ProblemBelow";
import { count, formatTimeOfDay } from "../../kit/format";
import { useAct } from "../../kit/hooks/useAct";
import { accountTitle } from "../../kit/words/account";
import classes from "./DuplicateDecision.module.css";
import { type SessionProps, StageHead } from "./LinkParts";

/** Compares a new bank connection with a linked one that looks the same, and asks what to do. */
export function DuplicateDecision({ session, onChanged }: SessionProps) {
  const name = session.institutionName ?? "This bank";
  return (
    <div data-testid="link-held">
      <StageHead
        icon={<IconCopyCheck size={24} color="var(--desk-care)" />}
        title={`${name} seems to be linked already`}
      >
        <Text size="sm" c="dimmed" className="breakable">
          The bank has agreed for {session.personName}, and accounts of the same name and number are
          here already. Nothing is stored before you decide.
        </Text>
      </StageHead>
      {session.duplicate ? (
        <DuplicateForm session={session} duplicate={session.duplicate} onChanged={onChanged} />
      ) : null}
    </div>
  );
}

interface DuplicateFormProps {
  session: LinkSessionView;
  duplicate: DuplicateView;
  onChanged: SessionProps["onChanged"];
}

function DuplicateForm({ session, duplicate, onChanged }: DuplicateFormProps) {
  const options = duplicateOptions(session, duplicate);
  const [chosen, setChosen] = useState(() => defaultChoice(duplicate));
  const decide = useAct(
    (choice: DuplicateChoice) => commands.linkDecide(session.sessionId, choice),
    onChanged,
  );
  const option = options.find(({ key }) => key === chosen) ?? options[0];
  return (
    <Stack gap="md" mt="md">
      <Comparison session={session} duplicate={duplicate} />
      <DuplicateOptions options={options} chosen={chosen} onChoose={setChosen} />
      <ProblemBelow problem={session.problem} />
      <ProblemBelow problem={decide.problem} />
      <div>
        <ActButton
          onClick={() => option && decide.run(option.choice)}
          running={decide.running}
          runningLabel="Working…"
          data-testid="duplicate-decide"
        >
          {option?.act ?? "Go on"}
        </ActButton>
        <Text size="xs" c="dimmed" mt={8}>
          Without a decision by {formatTimeOfDay(duplicate.decideBy)} it is kept beside what is
          there, because what a bank has granted must not get lost. It can be removed in Accounts
          then.
        </Text>
      </div>
    </Stack>
  );
}

interface DuplicateOption {
  key: string;
  choice: DuplicateChoice;
  title: string;
  words: string;
  act: string;
}

function duplicateOptions(session: LinkSessionView, { items }: DuplicateView): DuplicateOption[] {
  return [
    {
      key: "discard",
      choice: { kind: "discard" },
      title: "Do not add it",
      words: "What is linked stays as it is. The new access is removed at Plaid at once.",
      act: "Do not add it",
    },
    ...items.map(
      ({ itemId, institutionName, person }): DuplicateOption => ({
        key: `replace-${itemId}`,
        choice: { kind: "replace", itemId },
        title: `Replace ${institutionName} of ${person.name}`,
        words:
          "The new one is stored and takes over what was set for the same accounts. Only then the old one is removed, here and at Plaid.",
        act: "Replace it",
      }),
    ),
    {
      key: "keepBoth",
      choice: { kind: "keepBoth" },
      title: "Keep both",
      words: `For two logins at the same bank. Shared accounts show twice, and Plaid bills both.${
        items.some(({ person }) => person.name !== session.personName)
          ? " Usual for a joint account of two people."
          : ""
      }`,
      act: "Keep both",
    },
  ];
}

/** The usual choice: replace an Item that doesn't work; keep one that does. */
function defaultChoice({ items }: DuplicateView): string {
  const broken = items.find(({ needsAttention }) => needsAttention);
  return broken ? `replace-${broken.itemId}` : "discard";
}

interface DuplicateOptionsProps {
  options: DuplicateOption[];
  chosen: string;
  onChoose: (key: string) => void;
}

function DuplicateOptions({ options, chosen, onChoose }: DuplicateOptionsProps) {
  const id = useId();
  return (
    <Radio.Group value={chosen} onChange={onChoose} label="What is to be done?">
      <Stack gap={6} mt={6}>
        {options.map(({ key, title, words }) => (
          <Radio.Card
            key={key}
            value={key}
            className={classes.option}
            aria-labelledby={`${id}-${key}`}
            aria-describedby={`${id}-${key}-words`}
            data-testid={`duplicate-${key.startsWith("replace") ? "replace" : key}`}
          >
            <Radio.Indicator mt={2} />
            <span className="breakable">
              <Text span size="sm" fw={600} display="block" id={`${id}-${key}`}>
                {title}
              </Text>
              <Text span size="xs" c="dimmed" display="block" id={`${id}-${key}-words`}>
                {words}
              </Text>
            </span>
          </Radio.Card>
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** The linked Item next to the new grant. */
function Comparison({ session, duplicate }: Omit<DuplicateFormProps, "onChanged">) {
  const all = useItems();
  const same = duplicate.items.flatMap(({ sameAccounts }) => sameAccounts);
  return (
    <div className={classes.sides}>
      <section className={classes.side} aria-label="Linked already">
        <Text size="xs" fw={600} c="dimmed">
          Linked already
        </Text>
        {duplicate.items.map((item) => (
          <BankAccounts
            key={item.itemId}
            title={item.institutionName}
            person={item.person.name}
            broken={item.needsAttention}
            accounts={accountsOf(
              item,
              all.data?.items.find((one) => one.itemId === item.itemId),
            )}
            same={item.sameAccounts}
          />
        ))}
      </section>
      <section className={classes.side} aria-label="Granted now">
        <Text size="xs" fw={600} c="dimmed">
          Granted now
        </Text>
        <BankAccounts
          title={session.institutionName ?? "The bank"}
          person={session.personName}
          broken={false}
          accounts={duplicate.grantedAccounts}
          same={same}
        />
      </section>
    </div>
  );
}

/** The accounts of the linked Item; if unknown here, those that match. */
function accountsOf(
  item: DuplicateItem,
  known: { accounts: AccountView[] } | undefined,
): SameAccount[] {
  return known?.accounts ?? item.sameAccounts;
}

interface BankAccountsProps {
  title: string;
  person: string;
  broken: boolean;
  accounts: SameAccount[];
  same: SameAccount[];
}

function BankAccounts({ title, person, broken, accounts, same }: BankAccountsProps) {
  const isSame = (account: SameAccount) =>
    same.some(
      ({ name, mask }) =>
        mask === account.mask && name.toLowerCase() === account.name.toLowerCase(),
    );
  const matching = accounts.filter(isSame);
  const others = accounts.length - matching.length;
  return (
    <div>
      <Title order={4} fz="0.875rem" className="breakable">
        {title}
      </Title>
      <Text size="xs" c={broken ? "var(--desk-care)" : "dimmed"} className="breakable">
        {person}
        {broken ? " · does not work at the moment" : ""}
      </Text>
      <ul className={classes.accounts}>
        {matching.map((account) => (
          <li key={accountTitle(account)}>
            <span className="breakable">{accountTitle(account)}</span>
            <Badge size="xs" variant="light" radius="sm" tt="none">
              same
            </Badge>
          </li>
        ))}
        {others > 0 ? (
          <li>
            <Text span size="xs" c="dimmed">
              and {count(others, "other account")}
            </Text>
          </li>
        ) : null}
      </ul>
    </div>
  );
}
