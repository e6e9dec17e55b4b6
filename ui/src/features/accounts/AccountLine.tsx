import { IconDots, IconRefresh, IconScale } from "@tabler/icons-react";
import { memo, type ReactNode } from "react";
import type { Line } from "../../data/accountLines";
import { Amount } from "../../kit/components/Amount";
import { PlainButton } from "../../kit/components/PlainButton";
import sourceClasses from "../../kit/components/ReadingSource.module.css";
import { formatAge, formatExactTime, formatMoney } from "../../kit/format";
import { useNow } from "../../kit/hooks/useNow";
import type { PanelPart } from "../../kit/navigation/accountPanel";
import { accountTitle, maskWords } from "../../kit/words/account";
import { type Figure, meaning } from "../../kit/words/figure";
import { sourceWords } from "../../kit/words/reading";
import { AccountEdit, type EditedField } from "./AccountEdit";
import classes from "./AccountLine.module.css";
import { AccountMenu } from "./AccountMenu";
import type { ColumnId } from "./columns";

/** Actions of a row. All rows share one stable object, so memo works. */
export interface LineActs {
  choose: (accountId: string, chosen: boolean, range: boolean) => void;
  open: (accountId: string, part?: PanelPart) => void;
  evaluate: (accountId: string) => void;
  refresh: (accountId: string) => void;
  edit: (accountId: string, edited: EditedField | null) => void;
  hide: (accountId: string, hidden: boolean) => void;
  copy: (line: Line) => void;
  showItem: (itemId: string) => void;
}

interface Props {
  line: Line;
  columns: ColumnId[];
  /** Index among the entries, for the arrow keys. */
  index: number;
  chosen: boolean;
  /** The stop in this row that Tab reaches; null when another row has the tab stop. */
  tab: string | null;
  edited: EditedField | null;
  refreshing: "this" | "other" | null;
  /** The group head already names the bank. */
  underItem: boolean;
  acts: LineActs;
}

// Shared elements, so React skips them when a row is reused for another account.
const evaluateIcon = <IconScale size={16} aria-hidden />;
const refreshIcon = <IconRefresh size={16} aria-hidden />;
const moreIcon = <IconDots size={16} aria-hidden />;

export const AccountLine = memo(function AccountLine(props: Props) {
  const { line, columns, index, chosen, edited, acts } = props;
  const { row, item } = line;
  const title = accountTitle({ name: line.name, mask: row.mask });
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={classes.line}
      data-idle={item.health.state === "removing" || undefined}
      data-testid="account-row"
      data-account={row.accountId}
    >
      <div role="gridcell" className={classes.choose}>
        <label>
          <input
            type="checkbox"
            className="tick"
            checked={chosen}
            aria-label={`Select ${title}`}
            onChange={() => {}}
            onClick={(event) =>
              acts.choose(row.accountId, event.currentTarget.checked, event.shiftKey)
            }
            {...arrowStop(props.tab, "choose")}
            data-testid="account-select"
          />
        </label>
      </div>
      {edited ? (
        <div role="gridcell" className={classes.editing}>
          <AccountEdit
            key={row.accountId}
            line={line}
            edited={edited}
            onDone={() => acts.edit(row.accountId, null)}
          />
        </div>
      ) : (
        <>
          {columns.map((id) => (
            <div key={id} role="gridcell" data-column={id}>
              {renderCell(props, id, title)}
            </div>
          ))}
          <div role="gridcell" className={classes.actions}>
            {renderActions(props, title)}
          </div>
        </>
      )}
    </div>
  );
});

/** Marks an element that the arrow keys can reach. */
function arrowStop(tab: string | null, id: string) {
  return { "data-stop": id, tabIndex: tab === id ? 0 : -1 };
}

// Cells are plain functions, not components: each letter typed into the search redraws about 200 cells, and component
// overhead would dominate.

function renderCell(props: Props, id: ColumnId, title: string): ReactNode {
  const { row, item } = props.line;
  switch (id) {
    case "name":
      return renderName(props, title);
    case "person":
      return <span className={classes.words}>{item.person.name}</span>;
    case "institution":
      return <span className={classes.words}>{item.institutionName}</span>;
    case "available":
    case "current":
    case "limit":
      return renderFigure(props, id);
    case "change":
      return renderChange(props);
    case "currency":
      return row.reading?.currency ?? <Missing>not reported</Missing>;
    case "lowBalance":
      return row.lowBalance ? (
        <span className="figure">
          {formatMoney(row.lowBalance.threshold, row.lowBalance.currency)}
        </span>
      ) : null;
    case "read":
      return <ReadAge {...props} />;
  }
}

function Missing({ children }: { children: string }) {
  return <span className={classes.missing}>{children}</span>;
}

function renderName({ line, tab, acts, underItem }: Props, title: string) {
  const { row, item, kind } = line;
  const official = row.ownName ? row.name : row.officialName;
  const of = underItem ? "" : `${item.institutionName}, ${item.person.name}`;
  return (
    <div className={classes.name}>
      <PlainButton
        className={classes.open}
        onClick={() => acts.open(row.accountId)}
        title={title}
        aria-label={`Open ${title}`}
        {...arrowStop(tab, "name")}
        data-testid="account-open"
      >
        <span className={classes.title}>{line.name}</span>{" "}
        <span className={classes.mask}>{maskWords(row.mask)}</span>
      </PlainButton>
      <div className={classes.kind} title={official}>
        {row.lowBalance?.belowSince ? (
          <span className={classes.low} data-testid="account-low">
            below {formatMoney(row.lowBalance.threshold, row.lowBalance.currency)}
          </span>
        ) : null}
        {!underItem && item.health.state !== "healthy" ? (
          <span className={classes.needs}>needs attention</span>
        ) : null}
        {[kind, of, official].filter(Boolean).join(" · ")}
      </div>
    </div>
  );
}

function renderFigure({ line: { row }, tab }: Props, id: Figure) {
  const { reading } = row;
  const words = meaning(row, id);
  return (
    <span
      className={classes.figure}
      data-tip={words}
      aria-description={words}
      {...arrowStop(tab, id)}
    >
      {reading ? (
        <Amount
          amount={reading[id] ?? null}
          currency={reading.currency ?? null}
          unofficial={reading.unofficialCurrency}
        />
      ) : (
        <Missing>not read</Missing>
      )}
    </span>
  );
}

function renderChange({ line: { row }, tab }: Props) {
  const { change: changed, reading } = row;
  if (!changed) return null;
  const same = /^-?0(\.0*)?$/.test(changed.amount);
  const words = `Current balance, compared with the reading of ${formatExactTime(changed.since)}`;
  return (
    <span
      className={classes.change}
      data-tip={words}
      aria-description={words}
      {...arrowStop(tab, "change")}
    >
      {same ? (
        <Missing>none</Missing>
      ) : (
        <span className="figure">
          {changed.amount.startsWith("-") ? "" : "+"}
          {formatMoney(changed.amount, reading?.currency ?? null, reading?.unofficialCurrency)}
        </span>
      )}
    </span>
  );
}

function ReadAge({ line: { row }, tab }: Props) {
  const now = useNow();
  const { reading } = row;
  if (!reading) return <Missing>not read yet</Missing>;
  const words = `${sourceWords(reading)}. Read ${formatExactTime(reading.readAt)}`;
  return (
    <span
      className={sourceClasses.source}
      data-tip={words}
      aria-description={words}
      {...arrowStop(tab, "read")}
    >
      <span
        className={sourceClasses.word}
        data-source={reading.source}
        data-testid="reading-source"
      >
        {reading.source}
      </span>
      <time className={sourceClasses.age} dateTime={reading.readAt}>
        {formatAge(reading.readAt, now)}
      </time>
    </span>
  );
}

function renderActions({ line, tab, refreshing, acts }: Props, title: string) {
  const { row, item } = line;
  if (item.health.state === "removing") return null;
  return (
    <>
      {row.canEvaluate ? (
        <PlainButton
          className={classes.act}
          data-tip="Evaluate a debit"
          aria-label={`Evaluate a debit from ${title}`}
          onClick={() => acts.evaluate(row.accountId)}
          {...arrowStop(tab, "evaluate")}
          data-testid="evaluate-from-account"
        >
          {evaluateIcon}
        </PlainButton>
      ) : null}
      <PlainButton
        className={classes.act}
        data-tip="Refresh this account"
        aria-label={`Refresh ${title}`}
        disabled={refreshing !== null}
        data-running={refreshing === "this" || undefined}
        onClick={() => acts.refresh(row.accountId)}
        {...arrowStop(tab, "refresh")}
        data-testid="refresh-account"
      >
        {refreshIcon}
      </PlainButton>
      <AccountMenu line={line} title={title} acts={acts}>
        {(opener) => (
          <PlainButton
            {...opener}
            className={classes.act}
            aria-haspopup="menu"
            aria-label={`More for ${title}`}
            {...arrowStop(tab, "more")}
            data-testid="account-menu"
          >
            {moreIcon}
          </PlainButton>
        )}
      </AccountMenu>
    </>
  );
}
