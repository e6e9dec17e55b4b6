// The official clients' types of everything that the stand-in sends. `schemas.ts` makes JSON schemas of them.

import type {
  AccountsGetResponse,
  Institution,
  InstitutionsGetByIdResponse,
  InstitutionsGetResponse,
  InstitutionsSearchResponse,
  ItemAccessTokenInvalidateResponse,
  ItemAddResultWebhook,
  ItemErrorWebhook,
  ItemGetResponse,
  ItemLoginRepairedWebhook,
  ItemPublicTokenCreateResponse,
  ItemPublicTokenExchangeResponse,
  ItemRemoveResponse,
  ItemWebhookUpdateResponse,
  LinkEventsWebhook,
  LinkSessionFinishedWebhook,
  LinkTokenCreateResponse,
  LinkTokenGetResponse,
  NewAccountsAvailableWebhook,
  PendingDisconnectWebhook,
  PlaidError,
  SandboxItemFireWebhookResponse,
  SandboxItemResetLoginResponse,
  SandboxPublicTokenCreateResponse,
  SignalDecisionReportResponse,
  SignalEvaluateResponse,
  SignalPrepareResponse,
  SignalReturnReportResponse,
  UserAccountRevokedWebhook,
  UserPermissionRevokedWebhook,
  WebhookUpdateAcknowledgedWebhook,
  WebhookVerificationKeyGetResponse,
} from "plaid";
import type {
  PlaidLinkError,
  PlaidLinkOnEventMetadata,
  PlaidLinkOnExitMetadata,
  PlaidLinkOnSuccessMetadata,
} from "react-plaid-link";

/** Plaid's Python client requires a property that the Node.js client does not have yet. */
interface NewerInstitution extends Institution {
  connection_availability: string;
}

/** The answer of each endpoint of the stand-in. */
export interface Answers {
  "/accounts/balance/get": AccountsGetResponse;
  "/accounts/get": AccountsGetResponse;
  "/institutions/get": Omit<InstitutionsGetResponse, "institutions"> & {
    institutions: NewerInstitution[];
  };
  "/institutions/get_by_id": Omit<InstitutionsGetByIdResponse, "institution"> & {
    institution: NewerInstitution;
  };
  "/institutions/search": Omit<InstitutionsSearchResponse, "institutions"> & {
    institutions: NewerInstitution[];
  };
  "/item/access_token/invalidate": ItemAccessTokenInvalidateResponse;
  "/item/get": ItemGetResponse;
  "/item/public_token/create": ItemPublicTokenCreateResponse;
  "/item/public_token/exchange": ItemPublicTokenExchangeResponse;
  "/item/remove": ItemRemoveResponse;
  "/item/webhook/update": ItemWebhookUpdateResponse;
  "/link/token/create": LinkTokenCreateResponse;
  "/link/token/get": LinkTokenGetResponse;
  "/sandbox/item/fire_webhook": SandboxItemFireWebhookResponse;
  "/sandbox/item/reset_login": SandboxItemResetLoginResponse;
  "/sandbox/public_token/create": SandboxPublicTokenCreateResponse;
  "/signal/decision/report": SignalDecisionReportResponse;
  "/signal/evaluate": SignalEvaluateResponse;
  "/signal/prepare": SignalPrepareResponse;
  "/signal/return/report": SignalReturnReportResponse;
  "/webhook_verification_key/get": WebhookVerificationKeyGetResponse;
}

/** Everything that is checked against a schema. */
export interface Shapes extends Answers {
  error: PlaidError;
  "webhook ERROR": ItemErrorWebhook;
  "webhook NEW_ACCOUNTS_AVAILABLE": NewAccountsAvailableWebhook;
  "webhook EVENTS": LinkEventsWebhook;
  "webhook ITEM_ADD_RESULT": ItemAddResultWebhook;
  "webhook SESSION_FINISHED": LinkSessionFinishedWebhook;
  "webhook LOGIN_REPAIRED": ItemLoginRepairedWebhook;
  "webhook PENDING_DISCONNECT": PendingDisconnectWebhook;
  "webhook USER_ACCOUNT_REVOKED": UserAccountRevokedWebhook;
  "webhook USER_PERMISSION_REVOKED": UserPermissionRevokedWebhook;
  "webhook WEBHOOK_UPDATE_ACKNOWLEDGED": WebhookUpdateAcknowledgedWebhook;
  onEvent: PlaidLinkOnEventMetadata;
  onExit: PlaidLinkOnExitMetadata;
  "onExit error": PlaidLinkError;
  onSuccess: PlaidLinkOnSuccessMetadata;
}

export type Shape = keyof Shapes;
