import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconBuildingBank, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ItemView } from "../../api/items";
import type { DuplicateItem } from "../../api/link";
import type { Problem } from "../../api/problem";
import type { ListedItem } from "../../data/accountLines";
import type { ItemActs } from "../../data/items";
import { ActButton } from "../../kit/components/ActButton";
import { Age } from "../../kit/components/Age";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { count } from "../../kit/format";
import type { Act } from "../../kit/hooks/useAct";
import { useShowItem } from "../../kit/navigation/showItem";
import { accountTitle, actionWords, adviceWords, bankInTrouble } from "../../kit/words/account";
import classes from "./ItemNotices.module.css";

interface Props {
  item: ListedItem;
  acts: ItemActs;
  onRemove: () => void;
}

/** Notices about an Item, most urgent first, each with at most one action. */
export function ItemNotices({ item, acts, onRemove }: Props) {
  const trouble = bankInTrouble(item);
  const { health, advice, duplicateOf } = item;
  return (
    <>
      {health.state === "removing" ? (
        <RemovalNotice problem={health.problem} since={health.since} remove={acts.remove} />
      ) : null}
      {health.state === "needsAttention" ? (
        <ProblemNotice
          problem={health.problem}
          onRetry={() => acts.check.run()}
          actionLabel={actionWords(health.problem)}
          busy={acts.check.running}
        >
          <Since at={health.since}>
            {trouble
              ? "The bank itself has trouble at the moment, so this may have to wait until it works again."
              : null}
          </Since>
        </ProblemNotice>
      ) : null}
      {trouble && health.state !== "removing" ? (
        <div
          className={classes.trouble}
          data-state={trouble.state}
          role="status"
          data-testid="institution-trouble"
        >
          <IconBuildingBank size={18} className={classes.icon} aria-hidden />
          <div>
            <Text size="sm">{trouble.message}</Text>
            <Text size="xs" className={classes.faint} mt={2}>
              Last looked at <Age at={trouble.checkedAt} />
            </Text>
          </div>
        </div>
      ) : null}
      {advice && health.state === "healthy" ? (
        <div data-testid="item-advice">
          <ProblemNotice
            problem={advice.problem}
            tone={advice.problem.action?.kind === "chooseAccounts" ? "info" : "care"}
            actionLabel={adviceWords(advice.problem)}
            onDismiss={
              advice.problem.action?.kind === "chooseAccounts"
                ? () => acts.dismissAdvice.run()
                : undefined
            }
          />
        </div>
      ) : null}
      {duplicateOf ? (
        <DuplicateNotice of={duplicateOf} different={acts.different} onRemove={onRemove} />
      ) : null}
    </>
  );
}

function Since({ at, children }: { at: string; children?: ReactNode }) {
  return (
    <Text size="xs" mt={2} className={classes.faint}>
      {children ? <>{children} </> : null}
      Since <Age at={at} />
    </Text>
  );
}

/** A removal that Plaid hasn't confirmed. */
function RemovalNotice(props: {
  problem: Problem | null;
  since: string;
  remove: ItemActs["remove"];
}) {
  const { problem, since, remove } = props;
  if (!problem || remove.running) {
    return (
      <Text size="sm" c="dimmed" role="status" data-testid="item-removing">
        Plaid is being told to remove this bank…
      </Text>
    );
  }
  return (
    <div data-testid="item-removing">
      <ProblemNotice
        problem={problem}
        tone="care"
        actionLabel={problem.action?.kind === "retry" ? "Try now" : undefined}
        onRetry={() => remove.run()}
      >
        <Text size="xs" mt={2} className={classes.faint}>
          Removal asked for <Age at={since} />. Until then nothing of it can be used here.
        </Text>
      </ProblemNotice>
    </div>
  );
}

interface DuplicateProps {
  of: DuplicateItem;
  different: Act<void, ItemView>;
  onRemove: () => void;
}

function DuplicateNotice({ of, different, onRemove }: DuplicateProps) {
  const showItem = useShowItem();
  const same = of.sameAccounts.map(accountTitle).join(", ");
  return (
    <div className={classes.duplicate} role="status" data-testid="item-duplicate">
      <IconCopy size={18} className={classes.icon} aria-hidden />
      <Stack gap={6} style={{ minWidth: 0 }}>
        <Text size="sm" className="breakable">
          It has accounts in common with {of.institutionName} of {of.person.name}
          {same ? `: ${same}` : ""}
          {of.otherAccounts > 0 ? `. That one has ${count(of.otherAccounts, "other account")}` : ""}
          . A bank that is linked twice is two Items, and Plaid bills both.
        </Text>
        {different.problem ? (
          <ProblemNotice problem={different.problem} onRetry={() => different.run()} />
        ) : null}
        <Group gap="sm">
          <Button
            size="compact-sm"
            variant="default"
            onClick={onRemove}
            data-testid="duplicate-remove"
          >
            Remove this one…
          </Button>
          <ActButton
            size="compact-sm"
            variant="subtle"
            onClick={() => different.run()}
            running={different.running}
            runningLabel="Noting it…"
            data-testid="duplicate-different"
          >
            They are different
          </ActButton>
          <Anchor
            size="sm"
            component="button"
            type="button"
            onClick={() => showItem(of.itemId)}
            data-testid="duplicate-show"
          >
            Show the other
          </Anchor>
        </Group>
      </Stack>
    </div>
  );
}
