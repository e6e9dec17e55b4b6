import { CloseButton, Group, Text, UnstyledButton } from "@mantine/core";
import {
  IconAlertTriangle,
  IconChevronDown,
  IconChevronRight,
  IconInfoCircle,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { commands } from "../../api/commands";
import type { NextAction, PlaidProblem, Problem } from "../../api/problem";
import { useAct } from "../hooks/useAct";
import { ActButton } from "./ActButton";
import { CopyText } from "./CopyText";
import { type ProblemActions, useProblemActions } from "./ProblemActions";
import classes from "./ProblemNotice.module.css";

interface Props {
  problem: Problem;
  /** Retries the act; offered only if the problem is retryable. */
  onRetry?: () => void;
  onChoosePassphrase?: () => void;
  onDismiss?: () => void;
  /** An error, a warning, or information. */
  tone?: "bad" | "care" | "info";
  /** Replaces the usual label of the action. */
  actionLabel?: string;
  children?: ReactNode;
  busy?: boolean;
}

interface Step {
  label: string;
  take: () => void;
}

function stepFor(
  action: NextAction | undefined,
  { onRetry, onChoosePassphrase }: Props,
  actions: ProblemActions,
  open: (url: string) => void,
): Step | null {
  const offer = (label: string, take: (() => void) | undefined) => (take ? { label, take } : null);
  switch (action?.kind) {
    case "retry":
      return offer("Try again", onRetry);
    case "repairItem": {
      const { repairItem } = actions;
      return offer("Sign in again", repairItem && (() => repairItem(action.itemId)));
    }
    case "chooseAccounts": {
      const { chooseAccounts } = actions;
      return offer("Choose accounts", chooseAccounts && (() => chooseAccounts(action.itemId)));
    }
    case "continueInBrowser": {
      const { continueInBrowser } = actions;
      const session = action.sessionId;
      return offer(
        "Continue in my browser",
        continueInBrowser && (() => continueInBrowser(session)),
      );
    }
    case "linkAgain":
      return offer("Link a bank", actions.linkAgain);
    case "checkKeys":
      return offer("Check the keys", actions.checkKeys);
    case "unlockKeyring":
      return offer("Try again", onRetry ?? actions.askStatusAgain);
    case "enterPassphrase":
      return offer("Enter the passphrase", actions.askStatusAgain);
    case "choosePassphrase":
      return offer("Use a passphrase", onChoosePassphrase);
    case "openPage":
      return offer(action.label, () => open(action.url));
    default:
      return null;
  }
}

/** A problem with its most helpful next step. */
export function ProblemNotice(props: Props) {
  const { problem, onDismiss, busy, tone = "bad", children } = props;
  const actions = useProblemActions();
  const page = useAct((url: string) => commands.openPage(url));
  const step = stepFor(problem.action, props, actions, page.run);
  return (
    <div
      className={classes.notice}
      data-tone={tone}
      role={tone === "bad" ? "alert" : "status"}
      data-testid="problem"
      data-kind={problem.kind}
    >
      {tone === "info" ? (
        <IconInfoCircle size={18} className={classes.icon} aria-hidden />
      ) : (
        <IconAlertTriangle size={18} className={classes.icon} aria-hidden />
      )}
      <div className={classes.body}>
        <Text size="sm" className="breakable">
          {problem.message}
        </Text>
        {problem.kind === "databaseNewer" || problem.action?.kind === "update" ? (
          <Text size="sm" mt={4}>
            Install the newest version of Balance Desk, then open it again. Nothing was changed.
          </Text>
        ) : null}
        {children}
        {page.problem ? (
          <Text size="sm" mt={4} c="var(--desk-bad)">
            {page.problem.message}
          </Text>
        ) : null}
        {step || problem.plaid ? (
          <Group gap="sm" mt={6} align="flex-start">
            {step ? (
              <ActButton
                size="compact-sm"
                variant="default"
                onClick={step.take}
                running={busy || page.running}
                runningLabel="Working…"
                data-testid="problem-action"
              >
                {props.actionLabel ?? step.label}
              </ActButton>
            ) : null}
            {problem.plaid ? <PlaidDetails plaid={problem.plaid} /> : null}
          </Group>
        ) : null}
      </div>
      {onDismiss ? (
        <CloseButton size="sm" aria-label="Dismiss this message" onClick={onDismiss} />
      ) : null}
    </div>
  );
}

function PlaidDetails({ plaid }: { plaid: PlaidProblem }) {
  const [opened, setOpened] = useState(false);
  const rows: Array<[string, string]> = [];
  const add = (name: string, value: string | number | null) => {
    if (value !== null) rows.push([name, String(value)]);
  };
  add("error_type", plaid.errorType);
  add("error_code", plaid.errorCode);
  add("error_message", plaid.errorMessage);
  add("HTTP status", plaid.status);
  return (
    <div style={{ minWidth: 0 }}>
      <UnstyledButton
        className={classes.toggle}
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
      >
        {opened ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />} What Plaid said
      </UnstyledButton>
      {opened ? (
        <dl className={classes.details}>
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="code">{value}</dd>
            </div>
          ))}
          {plaid.requestId ? (
            <div>
              <dt>request_id</dt>
              <dd>
                <CopyText text={plaid.requestId} what="request_id" />
              </dd>
            </div>
          ) : null}
          {plaid.documentationUrl ? <PlaidPage url={plaid.documentationUrl} /> : null}
        </dl>
      ) : null}
    </div>
  );
}

function PlaidPage({ url }: { url: string }) {
  const page = useAct(() => commands.openPage(url));
  return (
    <div>
      <dt>explained at</dt>
      <dd>
        <UnstyledButton className={classes.pageLink} onClick={() => page.run()}>
          {url}
        </UnstyledButton>
      </dd>
    </div>
  );
}
