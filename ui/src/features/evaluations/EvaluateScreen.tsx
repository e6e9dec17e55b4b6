import { Button, Text } from "@mantine/core";
import { IconScale } from "@tabler/icons-react";
import { type ComponentType, useEffect, useRef } from "react";
import { useItems } from "../../data/items";
import { EmptyState } from "../../kit/components/EmptyState";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Screen } from "../../kit/components/Screen";
import { Waiting } from "../../kit/components/Waiting";
import { useLink } from "../../kit/navigation/link";
import { useScrollElement } from "../../kit/navigation/scroll";
import { EvaluateForm } from "./EvaluateForm";
import classes from "./EvaluateScreen.module.css";
import { EvaluationProgress } from "./EvaluationProgress";
import { useEvaluate } from "./evaluate";

/** Free space above the answer. */
const MARGIN_PX = 16;

interface Props {
  Detail: ComponentType<{ clientTransactionId: string }>;
  /** A note about the account to read before debiting it. */
  AccountNote: ComponentType<{ accountId: string | null }>;
}

export function EvaluateScreen({ Detail, AccountNote }: Props) {
  const { data, error, refetch } = useItems();
  const link = useLink();
  const some = data?.items.some((item) => item.accounts.some((account) => account.canEvaluate));
  return (
    <Screen title="Evaluate a debit">
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Waiting>Reading your accounts…</Waiting> : null}
      {data && !some ? (
        <EmptyState
          icon={<IconScale size={40} stroke={1.4} />}
          title="No account to debit yet"
          action={<Button onClick={link.open}>Link a bank</Button>}
        >
          A debit can be evaluated from a checking or savings account. Link a bank for ACH risk
          first.
        </EmptyState>
      ) : null}
      {data && some ? (
        <div className={classes.columns}>
          <section className={classes.form} aria-label="Question">
            <EvaluateForm items={data.items} AccountNote={AccountNote} />
          </section>
          <ResultPlace Detail={Detail} />
        </div>
      ) : null}
    </Screen>
  );
}

/** Holds the answer and scrolls it into view when an evaluation starts. */
function ResultPlace({ Detail }: Pick<Props, "Detail">) {
  const { evaluating } = useEvaluate();
  const place = useRef<HTMLDivElement>(null);
  const scroll = useScrollElement();
  const wasEvaluating = useRef(evaluating);
  useEffect(() => {
    if (evaluating !== wasEvaluating.current) {
      wasEvaluating.current = evaluating;
      bringToTop(place.current, scroll.current);
    }
  }, [evaluating, scroll]);
  return (
    <div className={classes.result} ref={place}>
      <EvaluateResult Detail={Detail} />
    </div>
  );
}

/** Scrolls only the screen: scrollIntoView would also scroll the frame around it. */
function bringToTop(place: HTMLElement | null, scroll: HTMLElement | null): void {
  if (!place || !scroll) return;
  const below = place.getBoundingClientRect().top - scroll.getBoundingClientRect().top;
  scroll.scrollTo(0, scroll.scrollTop + below - MARGIN_PX);
}

function EvaluateResult({ Detail }: Pick<Props, "Detail">) {
  const { shownId, evaluating, running } = useEvaluate();
  if (evaluating) return <EvaluationProgress running={running} />;
  if (shownId === null) {
    return (
      <div className={classes.empty}>
        <Text size="sm" c="dimmed" ta="center" maw={360}>
          The answer appears here: accept, review or reroute, with the rule that matched and the
          balances it was based on.
        </Text>
      </div>
    );
  }
  return <Detail clientTransactionId={shownId} />;
}
