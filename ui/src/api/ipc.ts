/**
 * The one door to the shell: a typed wrapper for every command, and the `desk` event.
 * Whatever goes wrong comes out as a `Problem`, so that no screen has to guess.
 */
import { Channel, invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";
import type { AccountsList } from "./accounts";
import type { ActivityPage, ActivityRequest } from "./activity";
import type { AuditView } from "./audit";
import type {
  BillingView,
  RefreshOutcome,
  RefreshPlan,
  RefreshProgress,
  RefreshScope,
} from "./balances";
import type {
  BatchDecided,
  BatchDecision,
  BatchPlan,
  BatchRowsPage,
  BatchRowsQuery,
  BatchView,
  ImportCheck,
  ImportDraft,
  ImportRequest,
  ImportSettings,
} from "./batches";
import type { DeliveriesView, DueQuery, DueView, ReportHistory } from "./decisions";
import type { DemoChange, DemoView } from "./demo";
import type { ExportDone, ExportFormat, ExportWhat } from "./export";
import type {
  ChangeRequest,
  ChangeSince,
  HistoryRequest,
  HistoryView,
  ReadingsPage,
} from "./history";
import type { ItemRemoved, ItemsView, ItemView, PersonView } from "./items";
import type {
  DuplicateChoice,
  InvitationRequest,
  LinkRequest,
  LinkSessionView,
} from "./link";
import type { OutcomesRange, OutcomesView } from "./outcomes";
import type { Problem } from "./problem";
import type {
  AccountReturns,
  CandidateView,
  DateForm,
  ImportRows,
  ImportState,
  ReturnCodeView,
  ReturnImportView,
  ReturnMapping,
  ReturnsList,
  ReturnsRecorded,
  ReturnsRequest,
  RowChoice,
} from "./returns";
import type { Settings, SettingsView } from "./settings";
import type {
  ActionKeyInput,
  ActionKeyView,
  AttributeWords,
  DebitMargin,
  DecisionInput,
  EvaluateFacts,
  EvaluateRequest,
  EvaluationView,
  ReturnInput,
  RunningEvaluation,
} from "./signal";
import type {
  AppStatus,
  DeskEvent,
  Environment,
  KeysInput,
  SecretStoreChoice,
} from "./start";
import type { AccountSupport } from "./support";

/** Makes a `Problem` of whatever a promise was rejected with. */
export function asProblem(reason: unknown): Problem {
  if (
    typeof reason === "object" &&
    reason !== null &&
    "kind" in reason &&
    "message" in reason &&
    typeof reason.kind === "string" &&
    typeof reason.message === "string"
  ) {
    return reason as Problem;
  }
  const words = reason instanceof Error ? reason.message : String(reason);
  return { kind: "internal", message: `Balance Desk itself failed: ${words}` };
}

async function call<T>(name: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(name, args);
  } catch (reason) {
    throw asProblem(reason);
  }
}

/** Calls `handle` for each event of the desk until the returned function is called. */
export function onDeskEvent(handle: (event: DeskEvent) => void): Promise<UnlistenFn> {
  return listen<DeskEvent>("desk", (event) => handle(event.payload));
}

export const start = {
  status: () => call<AppStatus>("app_status"),
  chooseSecretStore: (choice: SecretStoreChoice) =>
    call<AppStatus>("choose_secret_store", { choice }),
  changeSecretStore: (choice: SecretStoreChoice) =>
    call<AppStatus>("change_secret_store", { choice }),
  unlockSecrets: (passphrase: string) => call<AppStatus>("unlock_secrets", { passphrase }),
  openEnvironment: (environment: Environment) =>
    call<AppStatus>("open_environment", { environment }),
  closeEnvironment: () => call<AppStatus>("close_environment"),
  saveKeys: (keys: KeysInput) => call<AppStatus>("save_keys", { keys }),
  removeKeys: (environment: Environment) => call<AppStatus>("remove_keys", { environment }),
  eraseEnvironment: (environment: Environment, confirmation: string) =>
    call<AppStatus>("erase_environment", { environment, confirmation }),
  startOver: (confirmation: string) => call<AppStatus>("start_over", { confirmation }),
};

export const settings = {
  view: () => call<SettingsView>("settings_view"),
  save: (changed: Settings) => call<SettingsView>("settings_save", { settings: changed }),
};

export const items = {
  view: () => call<ItemsView>("items_view"),
  people: () => call<PersonView[]>("people_list"),
  check: (itemId: string) => call<ItemView>("item_check", { itemId }),
  rotateToken: (itemId: string) => call<ItemView>("item_rotate_token", { itemId }),
  remove: (itemId: string) => call<ItemRemoved>("item_remove", { itemId }),
  resetLogin: (itemId: string) => call<ItemView>("item_reset_login", { itemId }),
  notDuplicate: (itemId: string) => call<ItemView>("item_not_duplicate", { itemId }),
  dismissAdvice: (itemId: string) => call<ItemView>("item_dismiss_advice", { itemId }),
};

export const balances = {
  refresh: (scope: RefreshScope, onProgress: (progress: RefreshProgress) => void) =>
    call<RefreshOutcome>("balances_refresh", { scope, onProgress: new Channel(onProgress) }),
  cancel: () => call<null>("balances_cancel"),
  plan: (scope: RefreshScope) => call<RefreshPlan>("balances_plan", { scope }),
  billing: () => call<BillingView>("billing_view"),
};

/** The list of accounts, what the user says of one, and what its support asks for. */
export const accounts = {
  /** All of them, or the first so many with all that stands around them. */
  list: (first: number | null = null) => call<AccountsList>("accounts_list", { first }),
  rename: (accountId: string, name: string | null) =>
    call<null>("account_rename", { accountId, name }),
  /** The threshold as typed, in the account's currency; null takes the mark away. */
  setLowBalance: (accountId: string, threshold: string | null) =>
    call<null>("account_set_low_balance", { accountId, threshold }),
  hide: (accountId: string, hidden: boolean) => call<null>("account_hide", { accountId, hidden }),
  support: (accountId: string) => call<AccountSupport>("account_support", { accountId }),
};

export const history = {
  line: (request: HistoryRequest) => call<HistoryView>("history", { request }),
  page: (accountId: string, before: string | null, limit: number) =>
    call<ReadingsPage>("readings_page", { accountId, before, limit }),
  changeSince: (request: ChangeRequest) => call<ChangeSince | null>("change_since", { request }),
};

/** Asks in the system's dialog where to write, and writes; null when the user does not choose a place. */
export const exportPick = (what: ExportWhat, format: ExportFormat) =>
  call<ExportDone | null>("export_pick", { what, format });

export const link = {
  start: (request: LinkRequest) => call<LinkSessionView>("link_start", { request }),
  repair: (itemId: string, chooseAccounts: boolean) =>
    call<LinkSessionView>("link_repair", { itemId, chooseAccounts }),
  session: (sessionId: string) => call<LinkSessionView>("link_session", { sessionId }),
  sessions: () => call<LinkSessionView[]>("link_sessions"),
  cancel: (sessionId: string) => call<LinkSessionView>("link_cancel", { sessionId }),
  focus: (sessionId: string) => call<null>("link_focus", { sessionId }),
  inBrowser: (sessionId: string) => call<LinkSessionView>("link_in_browser", { sessionId }),
  browserAddress: (sessionId: string) => call<string>("link_browser_address", { sessionId }),
  decide: (sessionId: string, choice: DuplicateChoice) =>
    call<LinkSessionView>("link_decide", { sessionId, choice }),
};

export const invitations = {
  list: () => call<LinkSessionView[]>("invitations"),
  create: (request: InvitationRequest) => call<LinkSessionView>("invitation_create", { request }),
  check: (sessionId: string) => call<LinkSessionView>("invitation_check", { sessionId }),
  renew: (sessionId: string, lifetimeHours: number) =>
    call<LinkSessionView>("invitation_renew", { sessionId, lifetimeHours }),
  mail: (sessionId: string) => call<null>("invitation_mail", { sessionId }),
};

export const signal = {
  evaluate: (request: EvaluateRequest) => call<EvaluationView>("evaluate", { request }),
  askAgain: (clientTransactionId: string) =>
    call<EvaluationView>("evaluation_ask_again", { clientTransactionId }),
  running: () => call<RunningEvaluation[]>("evaluations_running"),
  cancel: (clientTransactionId: string) => call<null>("evaluation_cancel", { clientTransactionId }),
  settle: (clientTransactionId: string) =>
    call<EvaluationView>("evaluation_settle", { clientTransactionId }),
  facts: (accountId: string) => call<EvaluateFacts>("evaluate_facts", { accountId }),
  coreAttributes: () => call<AttributeWords[]>("core_attributes"),
  actionKeys: () => call<ActionKeyView[]>("action_keys"),
  saveActionKey: (input: ActionKeyInput) => call<ActionKeyView[]>("action_key_save", { input }),
  forgetActionKey: (customActionKey: string) =>
    call<ActionKeyView[]>("action_key_forget", { customActionKey }),
  margin: () => call<DebitMargin>("debit_margin"),
  saveMargin: (margin: DebitMargin) => call<DebitMargin>("debit_margin_save", { margin }),
  evaluation: (clientTransactionId: string) =>
    call<EvaluationView>("evaluation", { clientTransactionId }),
  recordDecision: (decision: DecisionInput) =>
    call<EvaluationView>("decision_record", { decision }),
  recordReturn: (returned: ReturnInput) => call<EvaluationView>("return_record", { returned }),
  returnCodes: () => call<ReturnCodeView[]>("return_codes"),
  deliverNow: () => call<null>("deliver_now"),
};

/** What came back, and files of returns. The file is chosen in the system's dialog; null when none is. */
export const returns = {
  list: (request: ReturnsRequest) => call<ReturnsList>("returns_list", { request }),
  ofAccount: (accountId: string) => call<AccountReturns | null>("account_returns", { accountId }),
  pickImport: () => call<ReturnImportView | null>("return_import_pick"),
  importView: () => call<ReturnImportView | null>("return_import"),
  mapImport: (importId: string, mapping: ReturnMapping, dateForm: DateForm | null) =>
    call<ReturnImportView>("return_import_map", { importId, mapping, dateForm }),
  importRows: (importId: string, state: ImportState | null, offset: number, limit: number) =>
    call<ImportRows>("return_import_rows", { importId, state, offset, limit }),
  choose: (importId: string, row: number, choice: RowChoice) =>
    call<ReturnImportView>("return_import_choose", { importId, row, choice }),
  chooseSuggested: (importId: string) =>
    call<ReturnImportView>("return_import_choose_suggested", { importId }),
  searchDebits: (importId: string, row: number, words: string) =>
    call<CandidateView[]>("return_import_search", { importId, row, words }),
  recordImport: (importId: string) => call<ReturnsRecorded>("return_import_record", { importId }),
  discardImport: () => call<null>("return_import_discard"),
};

export const activity = {
  page: (request: ActivityRequest) => call<ActivityPage>("activity_page", { request }),
};

export const outcomes = {
  view: (range: OutcomesRange) => call<OutcomesView>("outcomes", { range }),
};

export const audit = {
  view: (clientTransactionIds: string[]) => call<AuditView[]>("audit", { clientTransactionIds }),
};

export const batches = {
  list: () => call<BatchView[]>("batches_list"),
  one: (batchId: string) => call<BatchView>("batch", { batchId }),
  rows: (query: BatchRowsQuery) => call<BatchRowsPage>("batch_rows", { query }),
  /** Asks for a file in the system's dialog and reads it; null when the user chooses none. */
  openFile: () => call<ImportDraft | null>("batch_open_file"),
  paste: (text: string) => call<ImportDraft>("batch_paste", { text }),
  check: (request: ImportRequest) => call<ImportCheck>("batch_check", { request }),
  import: (request: ImportRequest, importSettings: ImportSettings) =>
    call<BatchView>("batch_import", { request, settings: importSettings }),
  discard: () => call<null>("batch_discard"),
  plan: (batchId: string) => call<BatchPlan>("batch_plan", { batchId }),
  run: (batchId: string) => call<BatchView>("batch_run", { batchId }),
  pause: (batchId: string) => call<BatchView>("batch_pause", { batchId }),
  cancel: (batchId: string) => call<BatchView>("batch_cancel", { batchId }),
  askFailedAgain: (batchId: string) => call<BatchView>("batch_ask_failed_again", { batchId }),
  decide: (decision: BatchDecision) => call<BatchDecided>("batch_decide", { decision }),
  takeBack: (clientTransactionIds: string[]) =>
    call<BatchDecided>("batch_take_back", { clientTransactionIds }),
};

/** Decisions due, what was recorded, and its delivery to Plaid. */
export const decisions = {
  due: (query: DueQuery) => call<DueView>("decisions_due", { query }),
  dueCount: () => call<number>("decisions_due_count"),
  /** Says what was done with a debit, until that is recorded as a decision. */
  mark: (clientTransactionId: string, initiated: boolean) =>
    call<null>("debit_mark", { clientTransactionId, initiated }),
  history: (clientTransactionId: string) =>
    call<ReportHistory>("report_history", { clientTransactionId }),
  deliveries: () => call<DeliveriesView>("deliveries"),
  leaveOut: (deliveryId: number) => call<null>("delivery_leave_out", { deliveryId }),
  filed: (fileId: number) => call<null>("report_file_filed", { fileId }),
};

export const demo = {
  view: () => call<DemoView>("demo_view"),
  change: (change: DemoChange) => call<DemoView>("demo_change", { change }),
  reset: () => call<DemoView>("demo_reset"),
};

/** Opens an https page in the system's browser. */
export const openPage = (url: string) => call<null>("open_page", { url });
