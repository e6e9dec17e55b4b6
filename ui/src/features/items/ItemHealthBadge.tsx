import { Popover } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { InstitutionStatusView } from "../../api/items";
import type { ListedItem } from "../../data/accountLines";
import { Age } from "../../kit/components/Age";
import { CopyText } from "../../kit/components/CopyText";
import { PlainButton } from "../../kit/components/PlainButton";
import { formatDate, formatTime } from "../../kit/format";
import { useFirstUse } from "../../kit/hooks/useFirstUse";
import { bankInTrouble } from "../../kit/words/account";
import classes from "./ItemHealthBadge.module.css";

type HealthLabel = "healthy" | "soon" | "bank" | "needsAttention" | "removing";

/** One word for the health of an Item. What the customer must do comes before the bank's outage. */
function healthLabel(item: ListedItem): HealthLabel {
  if (item.health.state !== "healthy") return item.health.state;
  if (bankInTrouble(item)) return "bank";
  return item.advice && item.advice.problem.action?.kind !== "chooseAccounts" ? "soon" : "healthy";
}

const words: Record<HealthLabel, string> = {
  healthy: "Connected",
  soon: "Connected, not for long",
  bank: "Bank has trouble",
  needsAttention: "Needs attention",
  removing: "Being removed",
};

/** Shared by all heads. */
const chevron = <IconChevronDown size={13} aria-hidden />;

/** The health of an Item; opens the connection details. */
export function ItemHealthBadge({ item }: { item: ListedItem }) {
  const label = healthLabel(item);
  const { used, opened, setOpened, target, use } = useFirstUse();
  const badge = (
    <PlainButton
      ref={target}
      className={classes.badge}
      onClick={used ? () => setOpened(!opened) : use}
      data-health={label}
      data-testid="item-health"
      aria-haspopup="dialog"
      aria-label={`${words[label]}: details of ${item.institutionName}`}
    >
      {words[label]}
      {chevron}
    </PlainButton>
  );
  if (!used) return badge;
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      width={340}
      shadow="md"
      withinPortal
      trapFocus
      returnFocus
    >
      <Popover.Target>{badge}</Popover.Target>
      <Popover.Dropdown>
        <Details item={item} label={label} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Details({ item, label }: { item: ListedItem; label: HealthLabel }) {
  const { health, advice, checkedAt, consentExpiresAt, institutionStatus } = item;
  const since = health.state === "healthy" ? advice?.since : health.since;
  return (
    <dl className={classes.details} data-testid="item-details">
      <DetailRow name="State">{words[label]}</DetailRow>
      {since ? (
        <DetailRow name="Since">
          <Age at={since} />
        </DetailRow>
      ) : null}
      <DetailRow name="Last checked">{checkedAt ? <Age at={checkedAt} /> : "not yet"}</DetailRow>
      <DetailRow name="Bank">
        {institutionStatus ? <BankWords status={institutionStatus} /> : "not measured by Plaid"}
      </DetailRow>
      <DetailRow name="Consent">
        {consentExpiresAt ? `until ${formatDate(consentExpiresAt)}` : "without an end date"}
      </DetailRow>
      <DetailRow name="Linked">{formatTime(item.linkedAt)}</DetailRow>
      <DetailRow name="item_id">
        <CopyText text={item.itemId} what="item_id" />
      </DetailRow>
    </dl>
  );
}

const bankWords: Record<InstitutionStatusView["state"], string> = {
  healthy: "works as usual",
  degraded: "has trouble",
  down: "does not work",
};

function BankWords({ status }: { status: InstitutionStatusView }) {
  return (
    <>
      {bankWords[status.state]}, looked at <Age at={status.checkedAt} />
    </>
  );
}

function DetailRow({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
