import { Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Problem } from "../../api/problem";
import type { Line, ListedItem } from "../../data/accountLines";
import { useRefresh } from "../../data/balances";
import { useItemActs } from "../../data/items";
import { ConfirmModal } from "../../kit/components/ConfirmModal";
import classes from "../../kit/components/GroupHead.module.css";
import { HeadButton, refreshIcon } from "../../kit/components/HeadButton";
import { InstitutionMark } from "../../kit/components/InstitutionMark";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { formatAge, formatDate, formatExactTime } from "../../kit/format";
import { useNow } from "../../kit/hooks/useNow";
import { useLink } from "../../kit/navigation/link";
import { bankInTrouble, purposeWords } from "../../kit/words/account";
import { ItemHealthBadge } from "./ItemHealthBadge";
import { ItemMenu } from "./ItemMenu";
import { ItemNotices } from "./ItemNotices";

type OpenDialog = "rotate" | "remove" | null;

interface Props {
  item: ListedItem;
  lines: Line[];
  subtotals: ReactNode;
  /** The checkbox that selects all accounts of the Item. */
  choose: ReactNode;
}

/** The head of an Item's accounts: customer, health, and actions. */
export function ItemHead({ item, lines, subtotals, choose }: Props) {
  const refresh = useRefresh();
  const link = useLink();
  const [asking, setAsking] = useState<OpenDialog>(null);
  const acts = useItemActs(item.itemId, () => setAsking(null));
  const { check, rotate, remove, resetLogin } = acts;
  const mine = refresh.scope?.kind === "item" && refresh.scope.itemId === item.itemId;
  const failure = refresh.failures.get(item.itemId);
  const removing = item.health.state === "removing";
  const headingId = `item-heading-${item.itemId}`;
  return (
    <section aria-labelledby={headingId} data-testid={`item-${item.itemId}`}>
      <div data-testid="item" data-item={item.itemId}>
        <div className={classes.head}>
          {choose}
          <InstitutionMark
            name={item.institutionName}
            logo={item.institutionLogo}
            colour={item.institutionColor}
            size={30}
          />
          <div className={classes.who}>
            <div className={classes.title}>
              <h2 id={headingId} className="breakable" title={item.institutionName}>
                {item.institutionName}
              </h2>
              <ItemHealthBadge item={item} />
            </div>
            <p className={classes.line} title={item.person.name}>
              <span className="breakable">{item.person.name}</span> · {purposeWords[item.purpose]} ·{" "}
              <ReadAge lines={lines} />
              {item.consentExpiresAt ? (
                <> · consent until {formatDate(item.consentExpiresAt)}</>
              ) : null}
            </p>
          </div>
          {subtotals}
          <div className={classes.acts}>
            <HeadButton
              icon={refreshIcon}
              onClick={() => refresh.run({ kind: "item", itemId: item.itemId })}
              running={mine}
              runningLabel="Refreshing…"
              disabled={removing || (refresh.scope !== null && !mine)}
              aria-label={`Refresh all accounts at ${item.institutionName}`}
              data-testid="refresh-item"
            >
              Refresh
            </HeadButton>
            {removing ? null : (
              <ItemMenu
                item={item}
                busy={check.running || resetLogin.running}
                onCheck={() => check.run()}
                onRepair={() => link.repair(item.itemId)}
                onChooseAccounts={() => link.repair(item.itemId, true)}
                onInvite={() => link.invite({ kind: "repair", itemId: item.itemId })}
                onRotate={() => setAsking("rotate")}
                onRemove={() => setAsking("remove")}
                onResetLogin={() => resetLogin.run()}
              />
            )}
          </div>
        </div>
        <div className={classes.notices}>
          {check.running ? <Waiting>Checking the connection…</Waiting> : null}
          {resetLogin.running ? <Waiting>Putting it into login required…</Waiting> : null}
          <ItemNotices item={item} acts={acts} onRemove={() => setAsking("remove")} />
          {failure && shouldShowFailure(item, failure) ? (
            <ProblemNotice
              problem={failure}
              onRetry={() => refresh.run({ kind: "item", itemId: item.itemId })}
              onDismiss={() => refresh.dismissFailure(item.itemId)}
              busy={mine}
            />
          ) : null}
          {check.problem ? (
            <ProblemNotice
              problem={check.problem}
              onRetry={() => check.run()}
              onDismiss={check.clear}
            />
          ) : null}
          {resetLogin.problem ? (
            <ProblemNotice
              problem={resetLogin.problem}
              onRetry={() => resetLogin.run()}
              onDismiss={resetLogin.clear}
            />
          ) : null}
        </div>
        {lines.length === 0 ? (
          <Text size="sm" c="dimmed" px={16} pb={10}>
            No accounts are shared.
          </Text>
        ) : null}
      </div>
      {asking === "rotate" ? (
        <ConfirmModal
          opened
          title={`Rotate the access token of ${item.institutionName}?`}
          confirmLabel="Rotate access token"
          act={rotate}
          onConfirm={() => rotate.run()}
          onClose={() => setAsking(null)}
        >
          <Text size="sm">
            Plaid makes a new access token for this Item and the old one stops working at once. Do
            this when the old one may have been seen by others. Accounts, readings and evaluations
            stay; nobody has to sign in again.
          </Text>
        </ConfirmModal>
      ) : null}
      {asking === "remove" ? (
        <ConfirmModal
          opened
          title={`Remove ${item.institutionName} of ${item.person.name}?`}
          confirmLabel="Remove Item"
          danger
          act={remove}
          onConfirm={() => remove.run()}
          onClose={() => setAsking(null)}
        >
          <Stack gap="xs">
            <Text size="sm">
              Plaid ends access to this Item and forgets its access token. Its accounts leave this
              screen, and it cannot be brought back: the person would have to link the bank again.
            </Text>
            <Text size="sm">
              Kept on this computer: evaluations, decisions and returns made with its accounts.
            </Text>
          </Stack>
        </ConfirmModal>
      ) : null}
    </section>
  );
}

/** Whether to show a failed refresh: not if the Item already says so or was repaired since. */
function shouldShowFailure(item: ListedItem, failure: Problem): boolean {
  const code = failure.plaid?.errorCode ?? null;
  if (failure.plaid?.errorType === "INSTITUTION_ERROR" && bankInTrouble(item)) return false;
  if (item.health.state === "needsAttention") {
    return code === null || item.health.problem.plaid?.errorCode !== code;
  }
  return failure.action?.kind !== "repairItem";
}

function ReadAge({ lines }: { lines: Line[] }) {
  let newest: Line | undefined;
  for (const line of lines) if ((line.readAt ?? 0) > (newest?.readAt ?? 0)) newest = line;
  const now = useNow();
  const readAt = newest?.row.reading?.readAt;
  return readAt ? (
    <>
      read{" "}
      <time dateTime={readAt} className="tabular" data-tip={formatExactTime(readAt)}>
        {formatAge(readAt, now)}
      </time>
    </>
  ) : (
    "not read yet"
  );
}
