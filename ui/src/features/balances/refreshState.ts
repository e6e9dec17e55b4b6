import type { RefreshOutcome, RefreshProgress, RefreshScope } from "../../api/balances";
import type { Problem } from "../../api/problem";
import type { Pause, Progress, RefreshPrompt } from "../../data/balances";

export interface RefreshState {
  prompt: RefreshPrompt | null;
  scope: RefreshScope | null;
  lastScope: RefreshScope | null;
  progress: Progress;
  failures: ReadonlyMap<string, Problem>;
  outcome: RefreshOutcome | null;
}

export type RefreshAction =
  | { kind: "ask"; prompt: RefreshPrompt | null }
  | { kind: "begin"; scope: RefreshScope }
  | { kind: "progress"; progress: RefreshProgress }
  | { kind: "end"; outcome: RefreshOutcome | null }
  | { kind: "dismiss"; itemId: string }
  | { kind: "dismissOutcome" };

const noProgress: Progress = { done: 0, total: 0, secondsLeft: null, pause: null };

export const initialRefresh: RefreshState = {
  prompt: null,
  scope: null,
  lastScope: null,
  progress: noProgress,
  failures: new Map(),
  outcome: null,
};

function withoutFailure(failures: ReadonlyMap<string, Problem>, itemId: string) {
  if (!failures.has(itemId)) return failures;
  const rest = new Map(failures);
  rest.delete(itemId);
  return rest;
}

export function refreshReducer(state: RefreshState, next: RefreshAction): RefreshState {
  switch (next.kind) {
    case "ask":
      return { ...state, prompt: next.prompt };
    case "begin":
      return {
        ...state,
        prompt: null,
        scope: next.scope,
        lastScope: next.scope,
        progress: noProgress,
        outcome: null,
        failures: next.scope.kind === "all" ? new Map() : state.failures,
      };
    case "progress":
      return applyProgress(state, next.progress);
    case "end": {
      const failures = new Map(state.failures);
      for (const { itemId, problem } of next.outcome?.failed ?? []) failures.set(itemId, problem);
      return { ...state, scope: null, failures, outcome: next.outcome };
    }
    case "dismiss":
      return { ...state, failures: withoutFailure(state.failures, next.itemId) };
    case "dismissOutcome":
      return { ...state, outcome: null };
  }
}

function nextPause(progress: RefreshProgress, before: Pause | null): Pause | null {
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

function applyProgress(state: RefreshState, progress: RefreshProgress): RefreshState {
  const { done, total, secondsLeft } = progress;
  const next = {
    ...state,
    progress: { done, total, secondsLeft, pause: nextPause(progress, state.progress.pause) },
  };
  if (progress.kind === "itemDone") next.failures = withoutFailure(state.failures, progress.itemId);
  if (progress.kind === "itemFailed") {
    next.failures = new Map(state.failures).set(progress.itemId, progress.problem);
  }
  return next;
}
