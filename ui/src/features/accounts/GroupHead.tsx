import type { ReactNode } from "react";
import type { RefreshScope } from "../../api/balances";
import { useRefresh } from "../../data/balances";
import classes from "../../kit/components/GroupHead.module.css";
import { HeadButton, refreshIcon } from "../../kit/components/HeadButton";
import { InstitutionMark } from "../../kit/components/InstitutionMark";
import { count } from "../../kit/format";
import { type Grouping, type Group as Lines, needsAttention } from "./lineGroups";
import { Subtotals } from "./Subtotals";

interface Props {
  group: Lines;
  grouping: Grouping;
  /** The checkbox that selects all accounts of the group. */
  choose: ReactNode;
}

/** The head of a customer, institution, or account-type group. */
export function GroupHead({ group, grouping, choose }: Props) {
  const refresh = useRefresh();
  const scope = scopeOf(group);
  const mine = refresh.scope !== null && sameScope(refresh.scope, scope);
  const needing = group.items.filter(needsAttention).length;
  const first = group.items[0];
  return (
    <div className={classes.head} data-testid="group" data-group={group.key}>
      {choose}
      {grouping === "institution" && first ? (
        <InstitutionMark
          name={first.institutionName}
          logo={first.institutionLogo}
          colour={first.institutionColor}
          size={30}
        />
      ) : null}
      <div className={classes.who}>
        <h2 className="breakable" title={group.title}>
          {group.title}
        </h2>
        <p className={classes.line}>
          {count(group.lines.length, "account")} of {count(group.items.length, "Item")}
          {needing > 0 ? (
            <span className={classes.needing}>
              {" "}
              · {needing === 1 ? "1 needs" : `${needing} need`} attention
            </span>
          ) : null}
        </p>
      </div>
      <Subtotals subtotals={group.subtotals} />
      <div className={classes.acts}>
        <HeadButton
          icon={refreshIcon}
          onClick={() => refresh.run(scope)}
          running={mine}
          runningLabel="Refreshing…"
          disabled={refresh.scope !== null && !mine}
          aria-label={`Refresh ${group.title}`}
          data-testid="refresh-group"
        >
          Refresh
        </HeadButton>
      </div>
    </div>
  );
}

/** Customers and institutions refresh whole Items; account types refresh single accounts. */
function scopeOf({ personId, items, lines, key }: Lines): RefreshScope {
  if (personId) return { kind: "person", personId };
  const ofOneBank = items.every(({ institutionId, institutionName }) =>
    [institutionId, institutionName].includes(key),
  );
  return ofOneBank
    ? { kind: "items", itemIds: items.map(({ itemId }) => itemId) }
    : { kind: "accounts", accountIds: lines.map(({ row }) => row.accountId) };
}

function sameScope(one: RefreshScope, other: RefreshScope): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
