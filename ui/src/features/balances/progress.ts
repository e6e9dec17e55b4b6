import type { RefreshOutcome, RefreshProgress, RefreshScope } from "../../api/balances";
import type { Problem } from "../../api/problem";
import type { Asked, Pause, Progress } from "../../data/balances";

export interface State {
  asked: Asked | null;
  scope: RefreshScope | null;
  lastScope: RefreshScope | null;
  progress: Progress;
  failures: ReadonlyMap<string, Problem>;
  outcome: RefreshOutcome | null;
}

export type Change =
  | { kind: "ask"; asked: Asked | null }
  | { kind: "begin"; scope: RefreshScope }
  | { kind: "progress"; progress: RefreshProgress }
  | { kind: "end"; outcome: RefreshOutcome | null }
  | { kind: "dismiss"; itemId: string }
  | { kind: "dismissOutcome" };

const notBegun: Progress = { done: 0, total: 0, secondsLeft: null, pause: null };

export const nothing: State = {
  asked: null,
  scope: null,
  lastScope: null,
  progress: notBegun,
  failures: new Map(),
  outcome: null,
};

function without(failures: ReadonlyMap<string, Problem>, itemId: string) {
  if (!failures.has(itemId)) return failures;
  const rest = new Map(failures);
  rest.delete(itemId);
  return rest;
}

export function change(state: State, next: Change): State {
  switch (next.kind) {
    case "ask":
      return { ...state, asked: next.asked };
    case "begin":
      return {
        ...state,
        asked: null,
        scope: next.scope,
        lastScope: next.scope,
        progress: notBegun,
        outcome: null,
        failures: next.scope.kind === "all" ? new Map() : state.failures,
      };
    case "progress":
      return progressed(state, next.progress);
    case "end": {
      const failures = new Map(state.failures);
      for (const { itemId, problem } of next.outcome?.failed ?? []) failures.set(itemId, problem);
      return { ...state, scope: null, failures, outcome: next.outcome };
    }
    case "dismiss":
      return { ...state, failures: without(state.failures, next.itemId) };
    case "dismissOutcome":
      return { ...state, outcome: null };
  }
}

function pauseOf(progress: RefreshProgress, before: Pause | null): Pause | null {
  switch (progress.kind) {
    case "paced":
      return {
        kind: "paced",
        until: progress.until,
        institutionName: progress.institutionName,
      };
    case "offline":
      return { kind: "offline", since: progress.since };
    case "itemDone":
    case "itemFailed":
      // Some Items finish while others wait for a rate limit.
      return before?.kind === "paced" ? before : null;
    default:
      return null;
  }
}

function progressed(state: State, progress: RefreshProgress): State {
  const { done, total, secondsLeft } = progress;
  const next = {
    ...state,
    progress: { done, total, secondsLeft, pause: pauseOf(progress, state.progress.pause) },
  };
  if (progress.kind === "itemDone") next.failures = without(state.failures, progress.itemId);
  if (progress.kind === "itemFailed") {
    next.failures = new Map(state.failures).set(progress.itemId, progress.problem);
  }
  return next;
}
